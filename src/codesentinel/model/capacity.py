"""When resources are full: one record for each, and all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.timestamp import rfc3339, utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.finding import Finding

LEVEL = 0.90
_HOURS_MATTER_SECONDS = 3 * 86400.0


class Resource(NamedTuple):
    """What is used up: its kind (``disk``), of whom, in words, and what to do when it runs out."""

    kind: str
    subject: str
    what: str
    action: str


class Moment(NamedTuple):
    """When a resource is full (epoch seconds), with the bounds of the 90% interval; an open bound is None."""

    estimate: float
    earliest: float
    latest: float | None

    def __str__(self) -> str:
        """``12 March, 90% between 2 March and 30 March``; with hours where the interval is short."""
        if self.latest is None:
            return f"{_day(self.estimate)}, 95% after {_day(self.earliest)}"
        words = _hour if self.latest - self.earliest < _HOURS_MATTER_SECONDS else _day
        return f"{words(self.estimate)}, {LEVEL:.0%} between {words(self.earliest)} and {words(self.latest)}"

    def as_document(self) -> dict[str, str | None]:
        """The JSON shape."""
        return {
            "estimate": rfc3339(self.estimate),
            "earliest": rfc3339(self.earliest),
            "latest": None if self.latest is None else rfc3339(self.latest),
        }


class Move(NamedTuple):
    """If ``what`` held, the resource would be full at ``estimate``; None is not in sight."""

    what: str
    estimate: float | None

    def as_document(self) -> dict[str, str | None]:
        """The JSON shape."""
        return {"what": self.what, "estimate": None if self.estimate is None else rfc3339(self.estimate)}


@dataclass(frozen=True, slots=True)
class JudgedResource:
    """One resource: ``exhausted_at`` is None where it is not full within the horizon.

    ``earliest`` is then the earliest date that is possible at 95%, if that lies within it. ``reason``
    says why it could not be judged, or is empty. ``screened`` is whether a first look was enough.
    """

    resource: Resource
    labels: Mapping[str, str]
    limit: float
    used: float | None = None
    exhausted_at: Moment | None = None
    earliest: float | None = None
    slope_per_second: float | None = None
    notes: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    reason: str = ""
    screened: bool = False

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "kind": self.resource.kind,
            "subject": self.resource.subject,
            "labels": dict(self.labels),
            "limit": self.limit,
            "used": self.used,
            "exhausted_at": self.exhausted_at,
            "possible_from": None if self.earliest is None else rfc3339(self.earliest),
            "level": LEVEL,
            "slope_per_second": self.slope_per_second,
            "notes": list(self.notes),
            "moves": list(self.moves),
            "could_not_judge_because": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Capacities:
    """All resources that were found, and the findings among them; the soonest first."""

    source: str
    horizon_seconds: float
    series: tuple[JudgedResource, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def judged(self) -> int:
        """How many could be judged."""
        return sum(not one.reason for one in self.series)

    @property
    def full_soon(self) -> tuple[JudgedResource, ...]:
        """Those that are full within the horizon."""
        return tuple(one for one in self.series if one.exhausted_at)

    @property
    def exit_status(self) -> int:
        """3 where nothing could be judged: no data is never fine."""
        return 0 if self.judged else 3

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "source": self.source,
            "horizon_seconds": self.horizon_seconds,
            "series": list(self.series),
            "findings": list(self.findings),
        }


def _day(moment: float) -> str:
    return utc(moment).strftime("%d %B").lstrip("0")


def _hour(moment: float) -> str:
    return utc(moment).strftime("%d %B %H:%M UTC").lstrip("0")
