"""How procedures of satellites do: each version by itself, and each edit compared with what was before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding
    from codesentinel.model.interval import Interval
    from codesentinel.model.procedure_feedback import FeedbackView

BETTER, WORSE, UNKNOWN = "better", "worse", "not known yet"
RISING, FALLING, STEADY = "rising", "falling", "steady"


@dataclass(frozen=True, slots=True)
class Ends:
    """How runs ended: as a failure, given up by the agent, or well."""

    runs: int
    failures: int
    aborted: int
    failure_ratio: Interval | None
    aborted_ratio: Interval | None

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "runs": self.runs,
            "failures": self.failures,
            "aborted": self.aborted,
            "failure_ratio": interval_document(self.failure_ratio),
            "aborted_ratio": interval_document(self.aborted_ratio),
        }


@dataclass(frozen=True, slots=True)
class Times:
    """Time to completion, of runs that were not aborted before.

    Attributes:
        median: by which half would have ended if none were aborted; None where too many were.
        p95: the same for 95 %.
        relative_error: about how far both may be off because durations are kept in buckets; 0 where they are
            not.
        incidence: at some moments, which share of all runs had ended by then, and how.
        left_out: ended runs of which nobody knows how long they took.
    """

    median: float | None
    p95: float | None
    relative_error: float
    incidence: tuple[dict[str, float], ...]
    left_out: int

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "median": self.median,
            "p95": self.p95,
            "relative_error": self.relative_error,
            "incidence": list(self.incidence),
            "left_out": self.left_out,
        }


@dataclass(frozen=True, slots=True)
class EditEffect:
    """What became of failures with an edit, among runs that ended in success or failure.

    Attributes:
        from_version: the version before.
        before, after: failures and runs.
        verdict: ``better``, ``worse`` or ``not known yet``.
        difference: of the failure ratios, after less before, in strata of agent, model and who says so.
        e_value: how much better "they differ" foretells what was seen than "they are the same"; at 20
            either way the verdict is given. It may be looked at after every run.
        more_runs: about how many more it takes to know, if all goes on like this; None where 2,000 would
            not do.
        p_value: Cochran-Mantel-Haenszel, of one look at a number of runs that was fixed before.
        odds_ratio: the common one of failing, after to before.
        strata: in how many both versions ran.
        compared: share of all runs, before and after, that lie in these strata.
        mix_changed: agents, models or who says so are others than before: then what is not in shared strata
            was not compared.
    """

    from_version: str
    before: tuple[int, int]
    after: tuple[int, int]
    verdict: str
    difference: Interval | None
    e_value: float
    more_runs: int | None
    p_value: float | None
    odds_ratio: float | None
    strata: int
    compared: float
    mix_changed: bool

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "from_version": self.from_version,
            "before": {"failures": self.before[0], "runs": self.before[1]},
            "after": {"failures": self.after[0], "runs": self.after[1]},
            "verdict": self.verdict,
            "difference": interval_document(self.difference),
            "e_value": self.e_value,
            "more_runs": self.more_runs,
            "cmh": {"p_value": self.p_value, "odds_ratio": self.odds_ratio},
            "strata": self.strata,
            "compared_ratio": self.compared,
            "mix_changed": self.mix_changed,
        }


@dataclass(frozen=True, slots=True)
class ProcedureHealth:
    """One version of a procedure.

    Attributes:
        is_current: it is the version that was begun last.
        open: runs that have begun and not ended, and are not given up yet.
        ends: of all that ended, whoever says so.
        shrunken_ratio: the failure ratio drawn towards that of all, for ranking.
        status_sources: the same as ``ends`` for what was verified, declared and inferred, each by itself.
        edit_effect: of the edit that made this version; None for the first.
    """

    satellite: str
    id: str
    version: str
    is_current: bool
    open: int
    ends: Ends
    shrunken_ratio: float | None
    times: Times
    feedback: FeedbackView
    edit_effect: EditEffect | None
    status_sources: dict[str, Ends]
    first_at: float
    last_at: float

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "id": self.id,
            "satellite": self.satellite,
            "version": self.version,
            "current": self.is_current,
            "open": self.open,
            **self.ends.as_document(),
            "shrunken_ratio": self.shrunken_ratio,
            "duration_seconds": self.times.as_document(),
            "feedback": self.feedback.as_document(),
            "edit_effect": self.edit_effect.as_document() if self.edit_effect else None,
            "status_sources": {name: ends.as_document() for name, ends in self.status_sources.items()},
            "first_at": self.first_at,
            "last_at": self.last_at,
        }


@dataclass(frozen=True, slots=True)
class Week:
    """Runs that began within a week, whatever the version."""

    began_at: float
    ends: Ends

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {"began_at": self.began_at, **self.ends.as_document()}


@dataclass(frozen=True, slots=True)
class Trend:
    """Weeks of a procedure, and whether its failures rise, fall or neither (a 1 % test of one look)."""

    id: str
    direction: str
    weeks: tuple[Week, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "id": self.id,
            "direction": self.direction,
            "weeks": [week.as_document() for week in self.weeks],
        }


@dataclass(frozen=True, slots=True)
class SatelliteHealth:
    """Every procedure that ran within a window, the one most likely to fail first."""

    procedures: tuple[ProcedureHealth, ...]
    trends: tuple[Trend, ...]
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]
    since: float
    until: float
    notes: tuple[str, ...] = field(default=())

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "procedures": [one.as_document() for one in self.procedures],
            "trends": [one.as_document() for one in self.trends],
            "findings": [one.as_document() for one in self.findings],
            "unused": list(self.unused),
            "since": self.since,
            "until": self.until,
            "notes": list(self.notes),
        }


def interval_document(interval: Interval | None) -> dict[str, Any] | None:
    """The JSON shape of an interval."""
    return interval._asdict() if interval else None
