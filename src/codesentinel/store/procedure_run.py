"""One run of a procedure, as its events tell it: whatever their order, and however often they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from codesentinel.model.procedure_runs import SOURCES, STATUSES
from codesentinel.model.satellites import DECLARED, FEEDBACK, FINISH, START
from codesentinel.store.index_keys import key_time

_LONGEST = 200  # of a name: whatever it is, it is none then
_LONGEST_SECONDS = 1e9


class _Facts(msgspec.Struct, gc=False):
    run_id: Any = None
    satellite: Any = None
    procedure: Any = None
    version: Any = None
    agent_name: Any = None
    model: Any = None
    status: Any = None
    status_source: Any = None
    duration_seconds: Any = None
    clarity: Any = None
    usefulness: Any = None
    comment: Any = None


class _Activity(msgspec.Struct, gc=False):
    action: str
    metadata: _Facts


class _Event(msgspec.Struct, gc=False):
    timestamp: str
    id: str
    activity: _Activity


_decode = msgspec.json.Decoder(_Event).decode


class Arm(NamedTuple):
    """Which version of which procedure, run by whom with what."""

    satellite: str
    procedure: str
    version: str
    agent: str
    model: str


class Run(NamedTuple):
    """What the events of a run say together. ``began`` and ``ended`` order them; empty where none is."""

    arm: Arm | int
    began: str
    ended: str
    began_at: float
    status: int
    source: int
    told: float | None
    """How long it took, as its finish said."""
    seconds: float | None
    """The same, or else from its start to its finish."""


class Said(NamedTuple):
    """What one event of feedback says."""

    id: str
    satellite: str
    procedure: str
    version: str
    at: float
    clarity: int | None
    usefulness: int | None
    comment: str


def told(line: bytes) -> tuple[str, Run] | Said | None:
    """What a line says of a run, which has a name, or in feedback; None where it says nothing of either."""
    if b'"procedure-' not in line:
        return None
    try:
        event = _decode(line)
        at = datetime.fromisoformat(event.timestamp).timestamp()
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError):
        return None
    action, facts = event.activity.action, event.activity.metadata
    arm, name = _arm(facts), facts.run_id
    if arm is None:
        return None
    if action == FEEDBACK:
        return Said(event.id, *arm[:3], at, *_answers(facts))
    if not isinstance(name, str) or not name:
        return None
    if action == START:
        return name, Run(arm, f"{key_time(event.timestamp)} {event.id}", "", at, 0, 0, None, None)
    if action == FINISH and facts.status in STATUSES[1:]:
        return name, _finish(arm, event, at)
    return None


def joined(one: Run, other: Run) -> Run:
    """What two accounts of a run say together, in whichever order they come.

    The earliest start says which version was read, and by whom. Of two ends the one that is known more surely
    stands, of two that are known alike the first.
    """
    first = min(one, other, key=_beginning)
    last = one if _end_rank(one) <= _end_rank(other) else other
    seconds = last.told
    if seconds is None and last.ended and first.began:
        seconds = max(_moment(last.ended) - first.began_at, 0.0)
    return Run(
        first.arm, first.began, last.ended, first.began_at, last.status, last.source, last.told, seconds
    )


def _beginning(run: Run) -> tuple[bool, str, float]:
    return (not run.began, run.began, run.began_at)


def _end_rank(run: Run) -> tuple[int, str]:
    return (-run.source, run.ended)


def _moment(order: str) -> float:
    return datetime.fromisoformat(order.split(" ", 1)[0]).timestamp()


def _finish(arm: Arm, event: _Event, at: float) -> Run:
    facts = event.activity.metadata
    given = facts.duration_seconds
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    seconds = float(given) if is_number and 0 <= given < _LONGEST_SECONDS else None
    source = facts.status_source if facts.status_source in SOURCES[1:] else DECLARED
    return Run(
        arm,
        "",
        f"{key_time(event.timestamp)} {event.id}",
        at - (seconds or 0.0),
        STATUSES.index(facts.status),
        SOURCES.index(source),
        seconds,
        seconds,
    )


def _arm(facts: _Facts) -> Arm | None:
    procedure, satellite = facts.procedure, facts.satellite
    if not isinstance(procedure, str) or not procedure or len(procedure) > _LONGEST:
        return None
    if not isinstance(satellite, str) or not satellite:
        satellite = procedure.rpartition("/")[0]
    return Arm(satellite, procedure, _word(facts.version), _word(facts.agent_name), _word(facts.model))


def _word(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _answers(facts: _Facts) -> tuple[int | None, int | None, str]:
    clarity, usefulness = (
        one if isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 5 else None
        for one in (facts.clarity, facts.usefulness)
    )
    return clarity, usefulness, facts.comment if isinstance(facts.comment, str) else ""
