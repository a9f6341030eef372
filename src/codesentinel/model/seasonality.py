"""Rhythms of series, their profiles, and what they mean for scaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.model.duration import format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.finding import Finding
    from codesentinel.model.interval import Interval

DAY_SECONDS, WEEK_SECONDS = 86400.0, 604800.0
MONTH_SECONDS = 2629746.0
"""The mean month of the Gregorian calendar; its cycles are the calendar's own."""
_NAMES = {3600.0: "hourly", DAY_SECONDS: "daily", WEEK_SECONDS: "weekly", MONTH_SECONDS: "monthly"}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A period that is real.

    Attributes:
        period_seconds: of it.
        p_value: chance of as much where there is none, corrected for all periods that were tried.
        cycles: how many were seen.
        strength_ratio: share of the variance, less trend, that it explains in cycles left out.
        gain_ratio: the same of what longer-known rhythms leave over, with its 95 % interval.
        is_new: only the newer half of the series has it.
    """

    period_seconds: float
    p_value: float
    cycles: int
    strength_ratio: float
    gain_ratio: Interval
    is_new: bool = False

    @property
    def name(self) -> str:
        """How people call it: ``daily``; ``every 5h`` for a period without a name."""
        return _NAMES.get(self.period_seconds) or f"every {format_duration(self.period_seconds)}"

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "period_seconds": self.period_seconds,
            "name": self.name,
            "strength_ratio": self.strength_ratio,
            "p_value": self.p_value,
            "gain_ratio": self.gain_ratio,
            "cycles": self.cycles,
            "is_new": self.is_new,
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """The usual cycle at the level of now: quantiles of the values in each slot, NaN where there are none.

    Slot 0 begins on Monday, at midnight, on the first of the month; otherwise where Monday's midnights are.
    """

    period_seconds: float
    slot_seconds: float
    median: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days, ``start_hour`` up to ``end_hour`` (0 to 24, local), and the highest there."""

    days: str
    start_hour: int
    end_hour: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How the newest quarter of the cycles differs from the older ones.

    ``amplitude_ratio`` is new by old; a positive ``shift_seconds`` is later. ``changed`` is True where this
    is both sure and large.
    """

    changed: bool
    amplitude_ratio: Interval
    shift_seconds: Interval
    p_value: float


@dataclass(frozen=True, slots=True)
class OddDay:
    """A date (local) whose values lie ``deviation_ratio`` times as far from the profile as usual."""

    date: str
    deviation_ratio: float


@dataclass(frozen=True, slots=True)
class Need:
    """What a window needs: its 95th percentile and the head-room; units where their capacity is known."""

    window: Window
    needed: float
    ratio: float
    units: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Busy windows against the rest; ``sentences`` say it in words."""

    base: float
    base_units: int | None
    headroom_ratio: float
    busy: tuple[Need, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeasonalSeries:
    """A series and its rhythms, longest first; ``reason`` says why it could not be judged, or is empty."""

    labels: Mapping[str, str]
    reason: str = ""
    notes: tuple[str, ...] = ()
    samples: int = 0
    span_seconds: float = 0.0
    step_seconds: float | None = None
    periods: tuple[Rhythm, ...] = ()
    profile: Profile | None = None
    peak_hours: tuple[Window, ...] = ()
    drift: Drift | None = None
    odd_days: tuple[OddDay, ...] = ()
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Seasonality:
    """Of all series of a source, in a time zone.

    ``false_share`` is how many of all rhythms named are expected to be false, at most.
    """

    source: str
    timezone: str
    series: tuple[SeasonalSeries, ...]
    findings: tuple[Finding, ...]
    false_share: float = 0.01

    @property
    def judged(self) -> int:
        """How many series were."""
        return sum(not one.reason for one in self.series)

    @property
    def exit_status(self) -> int:
        """3 where no series could be judged."""
        return 0 if self.judged else 3
