"""A rollout's journal read to its end: how far it has come.

Whatever moment it was cut off at, the last intent says which weights are meant, and whether they are set.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codesentinel.model.rollout import ENDS, PROMOTE, RESTORE, ROLL_BACK, STEP, Progress
from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codesentinel.model.rollout import Plan

BEGUN, PREPARED, INTENT, DONE, VERDICT, ENDED = "begun", "prepared", "intent", "done", "verdict", "ended"
"""The kinds of records."""

NEAR = 0.1
"""How far the weights of a step may be from its share, relative to it."""


def progress_of(records: Iterable[Mapping[str, Any]]) -> Progress | None:
    """How far it has come; None where nothing has begun.

    Raises:
        KeyError, TypeError, ValueError: a record is not one of ours.
    """
    progress: Progress | None = None
    for record in records:
        progress = after(progress, record)
    return progress


def after(progress: Progress | None, record: Mapping[str, Any]) -> Progress:
    """What one more record makes of it."""
    kind, at = record["kind"], float(record["at"])
    if not math.isfinite(at):
        raise ValueError(f"{at} is no time")
    if kind == BEGUN:
        return Progress(str(record["id"]), str(record["fingerprint"]), at, _split(record["before"]))
    if progress is None:
        raise ValueError(f"a journal does not begin with {kind!r}")
    if kind == PREPARED:
        return replace(progress, prepared=True)
    if kind == INTENT:
        if record["act"] not in (STEP, *ENDS):
            raise ValueError(f"there is no act {record['act']!r}")
        return replace(
            progress,
            act=str(record["act"]),
            step=int(record["step"]),
            split=_split(record["split"]),
            reason=str(record["reason"]),
            acted_at=at,
            applied_at=None,
        )
    if kind == DONE:
        return replace(progress, applied_at=at, shares=(*progress.shares, (at, progress.split.canary_ratio)))
    if kind == VERDICT:
        return replace(progress, verdict=str(record["verdict"]))
    if kind == ENDED:
        return replace(progress, ended=str(record["outcome"]))
    raise ValueError(f"unknown record {kind!r}")


def contradiction(plan: Plan, progress: Progress) -> str:
    """What the journal means to do that the plan does not have; empty where they agree.

    Somebody else may have written into the journal, and its weights are set before anything is judged.
    """
    if progress.act == STEP:
        if not 0 <= progress.step < len(plan.steps):
            return f"there is no step {progress.step + 1}"
        meant, given = plan.steps[progress.step].ratio, progress.split.canary_ratio
        if abs(given - meant) > NEAR * meant:
            return f"step {progress.step + 1} gives the canary {meant:.2%}, not {given:.2%}"
    elif progress.act == PROMOTE and progress.split.baseline:
        return "a promotion leaves nothing to the baseline"
    elif progress.act in (ROLL_BACK, RESTORE) and progress.split != progress.before:
        return "the weights from before are others"
    return ""


def _split(given: Any) -> Split:
    """Weights that a splitter can have."""
    split = Split(*map(int, given))
    if min(split) < 0 or not sum(split):
        raise ValueError(f"{tuple(split)} are no weights")
    return split
