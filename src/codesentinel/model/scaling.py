"""How many replicas a workload needs at which time of a week, and the windows that give it them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SLOT_MINUTES = 15
DAY_SLOTS = 24 * 60 // SLOT_MINUTES
WEEK_SLOTS = 7 * DAY_SLOTS


class ScaleWindow(NamedTuple):
    """``replicas`` on ``days`` (0 is Monday) from slot ``start`` up to slot ``end`` of the day."""

    days: tuple[int, ...]
    start: int
    end: int
    replicas: int


class ScalePlan(NamedTuple):
    """Replicas by the hours of a week in a time zone; where windows overlap the largest counts.

    Attributes:
        base: replicas outside of all windows.
        windows: by day, then by hour.
        needed: what each slot of the week needs, beginning with Monday at midnight, the lead included.
        planned: what it is given.
        headroom_ratio: above the 95th percentile of the slot.
        target_per_replica: what one can do, in the unit of the series.
        lead_minutes: how long before it is needed a replica is asked for.
        timezone: whose hours.
        most: replicas that are never exceeded.
    """

    base: int
    windows: tuple[ScaleWindow, ...]
    needed: tuple[int, ...]
    planned: tuple[int, ...]
    headroom_ratio: float
    target_per_replica: float
    lead_minutes: int
    timezone: str
    most: int

    @property
    def peak(self) -> int:
        """The most that is ever planned."""
        return max(self.planned)

    @property
    def replica_hours(self) -> float:
        """Of a week, as planned."""
        return sum(self.planned) * SLOT_MINUTES / 60

    @property
    def exact_hours(self) -> float:
        """Of a week, if each slot were given just what it needs."""
        return sum(self.needed) * SLOT_MINUTES / 60

    @property
    def flat_hours(self) -> float:
        """Of a week, if there always were what the busiest slot needs."""
        return self.peak * 7 * 24.0


class Workload(NamedTuple):
    """What is scaled; ``name`` is a name of Kubernetes."""

    kind: str
    name: str
    namespace: str = ""


class Scaling(NamedTuple):
    """A plan for a workload, made of one series, and the object that carries it out."""

    source: str
    labels: Mapping[str, str]
    rhythms: tuple[str, ...]
    workload: Workload
    plan: ScalePlan
    notes: tuple[str, ...]
    form: str
    manifest: str
