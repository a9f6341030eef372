"""A rollout's journal read to its end: how far it has come.

Whatever moment it was cut off at, the last intent says which weights are meant, and whether they are set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codesentinel.model.rollout import Progress
from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGUN, PREPARED, INTENT, DONE, VERDICT, ENDED = "begun", "prepared", "intent", "done", "verdict", "ended"
"""The kinds of records."""


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
    if kind == BEGUN:
        return Progress(str(record["id"]), str(record["fingerprint"]), at, Split(*map(int, record["before"])))
    if progress is None:
        raise ValueError(f"a journal does not begin with {kind!r}")
    if kind == PREPARED:
        return replace(progress, prepared=True)
    if kind == INTENT:
        return replace(
            progress,
            act=str(record["act"]),
            step=int(record["step"]),
            split=Split(*map(int, record["split"])),
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
