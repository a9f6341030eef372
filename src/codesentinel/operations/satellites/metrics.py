"""What ``/metrics`` shows of procedures, made from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import Counter, Gauge, Histogram

from codesentinel.analysis.satellites.ledger import RunLedger
from codesentinel.model.satellites import (
    ABORTED,
    DECLARED,
    FAILURE,
    FEEDBACK,
    INFERRED,
    LOADED,
    SUCCESS,
    VERIFIED,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prometheus_client import CollectorRegistry

    from codesentinel.analysis.satellites.ledger import RunChange

_WHICH = ("satellite", "procedure")
_MINUTE, _HOUR = 60.0, 3600.0
_BUCKETS = (
    0.1,
    0.5,
    1,
    5,
    15,
    30,
    *(_MINUTE * n for n in (1, 2, 5, 10, 20, 30)),
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
)
_RATINGS = (1, 2, 3, 4, 5)
_QUESTIONS = ("clarity", "usefulness")
_ENDS = (
    (SUCCESS, VERIFIED),
    (SUCCESS, DECLARED),
    (FAILURE, VERIFIED),
    (FAILURE, DECLARED),
    (ABORTED, DECLARED),
    (ABORTED, INFERRED),
)
_MOST_SERIES = 500
"""Procedures beyond this have no series of their own: a hostile log must not make any number of them."""
_OTHER = ("other", "other")


class ProcedureMetrics:
    """Counts runs as they end.

    ``increase()`` cannot see the first value of a series: one that is born while we run is shown with 0
    once, and with what it counted from the next time on.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ledger = RunLedger()
        self._born: set[tuple[str, str]] = set()
        self._shown: set[tuple[str, str]] = set()
        self._waiting: list[tuple[RunChange, tuple[str, str]]] = []
        self._has_caught_up = False
        self._runs = Counter(
            "codesentinel_procedure_runs",
            "Runs of procedures that ended; one that ended after a rule had closed it counts with both ends.",
            (*_WHICH, "status", "status_source"),
            registry=registry,
        )
        self._duration = Histogram(
            "codesentinel_procedure_duration_seconds",
            "From the start of a run to its success or failure; aborts are left out.",
            _WHICH,
            buckets=_BUCKETS,
            registry=registry,
        )
        self._feedback = Histogram(
            "codesentinel_procedure_feedback",
            "What agents say of procedures, 1 to 5.",
            (*_WHICH, "question"),
            buckets=_RATINGS,
            registry=registry,
        )
        self._loaded = Counter(
            "codesentinel_procedure_loaded",
            "Skills and procedures that an agent's vendor says were loaded; not that they worked.",
            ("vendor",),
            registry=registry,
        )
        self._open = Gauge(
            "codesentinel_procedure_runs_open", "Runs of procedures that have not ended.", registry=registry
        )

    def begin(self) -> None:
        """Count what waited: the zeros of its series were shown."""
        late, self._waiting = self._waiting, []
        for change, which in late:
            self._count(change, which)

    def take(self, event: Mapping[str, Any]) -> None:
        """Count one event of the domain ``satellites``."""
        activity = event.get("activity")
        facts = activity.get("metadata") if isinstance(activity, dict) else None
        if not isinstance(activity, dict) or not isinstance(facts, dict):
            return
        if activity.get("action") == FEEDBACK:
            self._rate(facts)
        elif activity.get("action") == LOADED:
            vendor = facts.get("vendor")
            self._loaded.labels(vendor if vendor in ("claude", "codex", "gemini") else "other").inc()
        change = self._ledger.take(event)
        if change is None:
            return
        which = self._birth((change.run.satellite, change.run.procedure))
        if change.run.is_open:
            return
        if self._has_caught_up and which not in self._shown:
            self._waiting.append((change, which))
        else:
            self._count(change, which)

    def end(self) -> None:
        """All of the log that there is was told, and is shown."""
        self._shown = set(self._born)
        self._has_caught_up = True
        self._open.set(len(self._ledger.open))

    def _birth(self, which: tuple[str, str]) -> tuple[str, str]:
        """The labels of a procedure, whose series are shown from now on."""
        if which not in self._born and len(self._born) >= _MOST_SERIES:
            which = _OTHER
        if which not in self._born:
            self._born.add(which)
            for end in _ENDS:
                self._runs.labels(*which, *end)
            self._duration.labels(*which)
        return which

    def _count(self, change: RunChange, which: tuple[str, str]) -> None:
        run = change.run
        self._runs.labels(*which, run.status, run.status_source).inc()
        if run.status != ABORTED and run.duration_seconds is not None:
            self._duration.labels(*which).observe(run.duration_seconds)

    def _rate(self, facts: Mapping[str, Any]) -> None:
        procedure = facts.get("procedure")
        if not isinstance(procedure, str) or not procedure:
            return
        which = self._birth((procedure.rpartition("/")[0], procedure))
        for question in _QUESTIONS:
            rating = facts.get(question)
            series = self._feedback.labels(*which, question)
            if isinstance(rating, int) and not isinstance(rating, bool) and rating in _RATINGS:
                series.observe(rating)
