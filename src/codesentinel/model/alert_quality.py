"""Alert quality: how often each rule fired, for how long, and whether anybody acted on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.finding import Finding
    from codesentinel.model.interval import Interval


class AlertRule(NamedTuple):
    """A rule as the server evaluates it; waits and intervals in seconds."""

    name: str
    severity: str
    query: str
    for_seconds: float
    keep_firing_seconds: float
    interval_seconds: float

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others: a P1 and a P2 may share a name."""
        return self.name, self.severity


class Firing(NamedTuple):
    """One series of an alert, from the moment it fired to the moment it no longer did (epoch seconds).

    ``whole`` is False where one of its ends lies outside of what was looked at.
    """

    labels: Mapping[str, str]
    start: float
    end: float
    whole: bool = True

    @property
    def seconds(self) -> float:
        """How long it fired."""
        return self.end - self.start


class Act(NamedTuple):
    """Something that a person or an agent did; ``service`` is empty where it concerns all."""

    at: float
    what: str
    service: str = ""


class Notified(NamedTuple):
    """An alert that the local receiver was sent."""

    at: float
    name: str
    severity: str


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """What one rule did.

    Attributes:
        firings: how often it fired, each series for itself.
        near_misses: how often its condition was true, and not for as long as it has to be.
        total_seconds: sum over all firings.
        median_seconds: of the firings that were seen whole; None without one.
        firing_ratio: share of the time on record in which at least one series fired.
        flaps: firings within half an hour after one of the same series had ended.
        told: firings that somebody was notified of; None where no notification is on record at all.
        unattended: those of them with nobody acting while they fired or shortly after.
        unattended_ratio: with its interval; None where nothing is known of acts.
    """

    rule: AlertRule
    firings: int
    near_misses: int
    total_seconds: float
    median_seconds: float | None
    firing_ratio: float
    flaps: int
    told: int | None
    unattended: int | None
    unattended_ratio: Interval | None

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "name": self.rule.name,
            "severity": self.rule.severity,
            "for_seconds": self.rule.for_seconds,
            "keep_firing_for_seconds": self.rule.keep_firing_seconds,
            "firings": self.firings,
            "near_misses": self.near_misses,
            "total_seconds": self.total_seconds,
            "median_seconds": self.median_seconds,
            "firing_ratio": self.firing_ratio,
            "flaps": self.flaps,
            "told": self.told,
            "unattended": self.unattended,
            "unattended_ratio": self.unattended_ratio._asdict() if self.unattended_ratio else None,
        }


@dataclass(frozen=True, slots=True)
class AlertQuality:
    """Every rule, the findings on them, and what they rest on (epoch seconds)."""

    rules: tuple[RuleQuality, ...]
    findings: tuple[Finding, ...]
    since: float
    until: float
    covered_seconds: float
    acts: int
    notes: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "rules": [one.as_document() for one in self.rules],
            "findings": self.findings,
            "since_seconds": self.since,
            "until_seconds": self.until,
            "covered_seconds": self.covered_seconds,
            "acts": self.acts,
            "notes": self.notes,
        }
