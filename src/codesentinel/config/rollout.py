"""Reading ``rollout`` in ``canary.yaml``: steps, splitter, and what to do when; all mistakes at once."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from codesentinel.config.table import Range, Table
from codesentinel.config.traffic import traffic_of
from codesentinel.model.errors import ConfigurationError
from codesentinel.model.rollout import (
    HOLD,
    LEAVE,
    NEEDS_NO_FAIL,
    NEEDS_PASS,
    RESTORE,
    ROLL_BACK,
    Plan,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = (
    "target",
    "service",
    "environment",
    "revision",
    "baseline",
    "canary",
    "traffic",
    "steps",
    "tick",
    "hold_at_most",
    "on_deadline",
    "on_signal",
    "hooks",
)
_STEP = ("percent", "min", "needs")
_HOOKS = ("before", "after", "timeout")
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HINT = "docs/how-to/release-a-canary.md shows such a file"
_LONGEST = 31 * 86400


def rollout_plan(document: Mapping[str, Any], shown: str) -> Plan:
    """The plan in such a document.

    Raises:
        ConfigurationError: naming every mistake in it.
    """
    given = document.get("rollout")
    if not isinstance(given, dict):
        raise ConfigurationError(shown, ["rollout: is missing, or is no mapping"], hint=_HINT)
    problems: list[str] = []
    table = Table("rollout: ", given, problems, _KEYS)
    hooks = Table("rollout: hooks: ", table.mapping("hooks"), problems, _HOOKS)
    service = table.text("service")
    plan = Plan(
        target=table.text("target", service),
        service=service,
        environment=table.text("environment", "production"),
        revision=table.text("revision", ""),
        baseline=table.text("baseline"),
        canary=table.text("canary"),
        traffic=traffic_of(table),
        steps=_steps(table),
        tick_seconds=table.seconds("tick", 15.0, Range(0.2, 3600)),
        hold_seconds=table.seconds("hold_at_most", 3600.0, Range(1, _LONGEST)),
        on_deadline=table.word("on_deadline", (ROLL_BACK, HOLD), ROLL_BACK),
        on_signal=table.word("on_signal", (RESTORE, LEAVE), RESTORE),
        before=_commands(hooks, "before"),
        after=_commands(hooks, "after"),
        hook_timeout_seconds=hooks.seconds("timeout", 300.0, Range(1, 86400)),
        fingerprint=hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest(),
    )
    if plan.target and not _TARGET.fullmatch(plan.target):
        table.wrong("target", f"should be letters, digits and . _ -, not {plan.target!r}")
    if plan.baseline and plan.baseline == plan.canary:
        table.wrong("canary", "is the same as baseline")
    if problems:
        raise ConfigurationError(shown, problems, hint=_HINT)
    return plan


def _steps(table: Table) -> tuple[Step, ...]:
    given = table.given.get("steps")
    if not isinstance(given, list) or not given:
        table.wrong("steps", "should be a list such as [{percent: 5, min: 2m}, {percent: 50}]")
        return ()
    steps = []
    for number, one in enumerate(given, 1):
        if not isinstance(one, dict):
            table.wrong(f"steps {number}", f"should be a mapping such as {{percent: 5}}, not {one!r}")
            continue
        step = Table(f"rollout: steps {number}: ", one, table.problems, _STEP)
        steps.append(
            Step(
                step.number("percent", 0.0, Range(0, 100, open_=True)),
                step.seconds("min", 0.0, Range(0, _LONGEST)),
                step.word("needs", (NEEDS_PASS, NEEDS_NO_FAIL), NEEDS_PASS),
            )
        )
        if "percent" not in one:
            step.wrong("percent", "is missing")
    percents = [step.percent for step in steps]
    if percents != sorted(set(percents)):
        table.wrong("steps", "each should give the canary more than the one before")
    if steps and steps[-1].needs != NEEDS_PASS:
        table.wrong("steps", "the last one needs a pass: nothing is promoted without evidence")
    return tuple(steps)


def _commands(table: Table, key: str) -> tuple[tuple[str, ...], ...]:
    """Commands as lists of words; never a line for a shell."""
    given = table.given.get(key, [])
    good = isinstance(given, list) and all(
        isinstance(words, list) and words and all(isinstance(word, str) and word for word in words)
        for words in given
    )
    if not good:
        table.wrong(key, f'should be a list of commands such as [["./migrate", "--check"]], not {given!r}')
        return ()
    return tuple(tuple(words) for words in given)
