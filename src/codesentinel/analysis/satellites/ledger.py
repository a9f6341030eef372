"""Runs from the events of their starts and ends, in whatever order and however often these come.

How surely an end is known decides between two of them: what was verified stands before what was declared,
and that before what was inferred. Of two that are known alike the first stands. So a late end takes the
place of the abort that a rule had inferred.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.satellites import (
    ABORTED,
    FINISH,
    INFERRED,
    SESSION_END,
    START,
    STATUS_SOURCES,
    STATUSES,
    Run,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_REMEMBERED = 100_000
_LAST = len(STATUS_SOURCES)


class RunChange(NamedTuple):
    """A run as it is now, and as it was; None where it is new."""

    run: Run
    before: Run | None


def outranks(run: Run, before: Run) -> bool:
    """Whether an end takes the place of the one that is known."""
    return before.is_open or _rank(run.status_source) < _rank(before.status_source)


class RunLedger:
    """Takes events of the domain ``satellites``.

    Open runs are all kept; of those that ended the newest, so that memory stays bounded: a repetition
    that comes later than 100,000 other ends counts once more.
    """

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self.open: dict[str, Run] = {}
        self._ended: OrderedDict[str, Run] = OrderedDict()
        self._sessions: OrderedDict[str, float] = OrderedDict()
        self._most = most

    def take(self, event: Mapping[str, Any]) -> RunChange | None:
        """What the event changed; None for nothing, and for events of another kind."""
        try:
            action, facts = event["activity"]["action"], event["activity"]["metadata"]
            at = datetime.fromisoformat(event["timestamp"]).timestamp()
            if action == SESSION_END:
                self._end_session(str(facts["agent_session"]), at)
                return None
            if action not in (START, FINISH):
                return None
            told = run_of(action, facts, at)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            return None
        return self._join(told)

    def overdue(self, now: float, limit_seconds: float) -> Iterator[tuple[Run, str]]:
        """Open runs that no end will come for, with the reason; read only what is now (epoch seconds)."""
        for run in list(self.open.values()):
            began = run.started_at if run.started_at is not None else now
            ended = self._sessions.get(run.agent_session) if run.agent_session else None
            if ended is not None and ended >= began:
                yield run, "the agent's session ended"
            elif now - began > limit_seconds:
                yield run, f"open for more than {limit_seconds:.0f} s"

    def session_ended_at(self, session: str) -> float | None:
        """When a session of an agent ended, epoch seconds; None as far as is known."""
        return self._sessions.get(session)

    def _join(self, told: Run) -> RunChange | None:
        before = self.open.get(told.run_id) or self._ended.get(told.run_id)
        if before is None:
            return self._keep(told, None)
        if told.is_open:
            if before.started_at is not None:
                return None
            return self._keep(replace(before, started_at=told.started_at), before)
        if not outranks(told, before):
            return None
        return self._keep(replace(told, started_at=before.started_at), before)

    def _keep(self, run: Run, before: Run | None) -> RunChange:
        if run.is_open:
            self.open[run.run_id] = run
        else:
            self.open.pop(run.run_id, None)
            self._ended[run.run_id] = run
            while len(self._ended) > self._most:
                self._ended.popitem(last=False)
        return RunChange(run, before)

    def _end_session(self, session: str, at: float) -> None:
        if session:
            self._sessions[session] = max(at, self._sessions.get(session, at))
            while len(self._sessions) > self._most:
                self._sessions.popitem(last=False)


def run_of(action: str, facts: Mapping[str, Any], at: float) -> Run:
    """The run that the facts of an event tell of.

    Raises:
        ValueError: they tell of none.
    """
    if action == START:
        return Run.from_facts(facts, started_at=at)
    status, source = facts.get("status"), facts.get("status_source")
    if status not in STATUSES or source not in STATUS_SOURCES:
        raise ValueError("no end of a run")
    seconds = facts.get("duration_seconds")
    plain = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0
    return Run.from_facts(
        facts,
        status=status,
        status_source=source,
        duration_seconds=float(seconds) if plain and seconds is not None else None,
        check=facts.get("check"),
        note=facts.get("note"),
    )


def aborted(run: Run, reason: str, at: float) -> Run:
    """The run, closed by the rule at a moment (epoch seconds)."""
    seconds = max(at - run.started_at, 0.0) if run.started_at is not None else None
    return replace(run, status=ABORTED, status_source=INFERRED, duration_seconds=seconds, note=reason)


def _rank(source: str) -> int:
    return STATUS_SOURCES.index(source) if source in STATUS_SOURCES else _LAST
