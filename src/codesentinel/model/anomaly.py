"""What is strange in series: scores, spans, and what was expected instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Band(NamedTuple):
    """What was expected: ``estimate``, and the bounds within which values of late lay."""

    estimate: float
    lower: float
    upper: float

    def as_fields(self) -> dict[str, float]:
        """As fields of a JSON object."""
        return {"expected": self.estimate, "expected_lower": self.lower, "expected_upper": self.upper}


class Flagged(NamedTuple):
    """A span of time (epoch seconds, both ends belong to it) in which a series was strange.

    ``score`` is the highest of it; ``observed`` the mean of its values; ``way`` says in what it was strange.
    """

    start: float
    end: float
    score: float
    observed: float
    expected: Band
    way: str

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "from": rfc3339(self.start),
            "to": rfc3339(self.end),
            "score": self.score,
            "observed": self.observed,
            **self.expected.as_fields(),
            "way": self.way,
        }


class Moved(NamedTuple):
    """A series that was surprised together with others, and its ``share`` of the surprise (0..1)."""

    labels: Mapping[str, str]
    share: float
    observed: float
    expected: Band

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "labels": dict(self.labels),
            "share": self.share,
            "observed": self.observed,
            **self.expected.as_fields(),
        }


class MovedTogether(NamedTuple):
    """A span in which series were strange together; those that made it up, the greatest share first."""

    start: float
    end: float
    score: float
    moved: tuple[Moved, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "from": rfc3339(self.start),
            "to": rfc3339(self.end),
            "score": self.score,
            "series": [one.as_document() for one in self.moved],
        }


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTogether:
    """Several series as one: a score for each time at which any of them has a sample."""

    times: NDArray[np.float64]
    scores: NDArray[np.float64]
    flagged: tuple[MovedTogether, ...]
    reason: str

    def as_document(self) -> dict[str, Any]:
        """The JSON shape; times in epoch seconds."""
        return {
            "times": self.times.tolist(),
            "scores": self.scores.tolist(),
            "flagged": [one.as_document() for one in self.flagged],
            "could_not_judge_because": self.reason,
        }


class Member(NamedTuple):
    """A series of an incident, and its strongest span in it."""

    labels: Mapping[str, str]
    span: Flagged


class Incident(NamedTuple):
    """What was strange at the same time, the strangest series first."""

    start: float
    end: float
    score: float
    members: tuple[Member, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "from": rfc3339(self.start),
            "to": rfc3339(self.end),
            "score": self.score,
            "series": [{"labels": dict(one.labels), **one.span.as_document()} for one in self.members],
        }


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSeries:
    """``scores`` (0..1) has one for each sample: at an alarm it reaches the alarm's, else it lies below.

    ``reason`` says why the series could not be judged, or is empty.
    """

    labels: Mapping[str, str]
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    scores: NDArray[np.float64]
    flagged: tuple[Flagged, ...]
    reason: str
    notes: tuple[str, ...] = ()

    def in_rows(self, rows: NDArray[np.intp]) -> JudgedSeries:
        """The same with its samples in the order of ``rows``: sample i goes to the place of the i-th."""
        order = rows.argsort()
        return replace(self, times=self.times[order], values=self.values[order], scores=self.scores[order])

    def as_document(self) -> dict[str, Any]:
        """The JSON shape; times in epoch seconds."""
        return {
            "labels": dict(self.labels),
            "times": self.times.tolist(),
            "scores": self.scores.tolist(),
            "flagged": [one.as_document() for one in self.flagged],
            "could_not_judge_because": self.reason,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Anomalies:
    """All series that were asked for, by themselves, together where there are several, and by incident.

    ``alarm_score`` is the score from which a sample was an alarm.
    """

    source: str
    series: tuple[JudgedSeries, ...]
    together: JudgedTogether | None
    incidents: tuple[Incident, ...]
    sensitivity: float
    alarm_score: float
    retrospective: bool

    @property
    def judged(self) -> int:
        """How many series could be judged."""
        return sum(not one.reason for one in self.series)

    @property
    def spans(self) -> int:
        """How many spans were flagged in all."""
        return sum(len(one.flagged) for one in self.series)

    @property
    def exit_status(self) -> int:
        """3 where nothing could be judged: no data is never fine."""
        return 0 if self.judged else 3
