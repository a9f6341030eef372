"""How finely CloudWatch still knows what happened: the older, the coarser."""

from __future__ import annotations

import math
from typing import NamedTuple

_DAY = 86400
KEPT: tuple[tuple[int, int], ...] = ((3 * 3600, 1), (15 * _DAY, 60), (63 * _DAY, 300), (455 * _DAY, 3600))
"""Up to which age data of which granularity is kept, in seconds. Below a minute are custom metrics alone."""

PERIODS = "1, 5, 10, 20, 30, or minutes that divide a day"
_SUB_MINUTE = (1, 5, 10, 20, 30)
_MARGIN = 3600  # a reading that takes a while must not outlive the granularity that it was planned with


class Window(NamedTuple):
    """From ``start`` up to, and without, ``end`` (epoch seconds, whole periods)."""

    start: int
    end: int
    period_seconds: int

    @property
    def points(self) -> int:
        """How many a series has there at most."""
        return max(0, (self.end - self.start) // self.period_seconds)


def is_period(seconds: int) -> bool:
    """Whether CloudWatch takes it and days divide into it: 1, 5, 10, 20, 30, or such numbers of minutes."""
    return seconds in _SUB_MINUTE or (seconds > 0 and seconds % 60 == 0 and _DAY % seconds == 0)


def windows(start: float, end: float, period_seconds: int, now: float) -> tuple[list[Window], list[str]]:
    """The time between, cut where the granularity changes; and notes on what is coarser than asked, or gone.

    Only whole periods that are over: the end of the time may be left out. Oldest first, without a gap.
    """
    found: list[Window] = []
    notes: list[str] = []
    newer = end
    periods = [widened(period_seconds, granularity) for _, granularity in KEPT]
    for (age, granularity), period, older in zip(KEPT, periods, [*periods[1:], 1], strict=True):
        oldest = now - age + min(_MARGIN, age // 10)
        first = _up(start, period) if start >= oldest else _up(oldest, math.lcm(period, older))
        last = int(newer // period) * period
        if first < last:
            if found and found[-1].period_seconds == period:
                last = found.pop().end
            found.append(Window(first, last, period))
            newer = first
            if period != period_seconds:
                notes.append(
                    f"older than {_finer(granularity):g} days: kept by {granularity} s only,"
                    f" read with a period of {period} s instead of {period_seconds} s"
                )
        if start >= oldest:
            break
    else:
        notes.append(f"older than {KEPT[-1][0] // _DAY} days: gone, and left out")
    return found[::-1], notes


def widened(period_seconds: int, granularity: int) -> int:
    """The shortest period, not below the one given, that ``granularity`` allows."""
    period = _up(period_seconds, granularity)
    while _DAY % period:
        period += granularity
    return period


def _finer(granularity: int) -> float:
    """The age in days from which on nothing finer is kept."""
    return max(age for age, kept in KEPT if kept < granularity) / _DAY


def _up(moment: float, step: int) -> int:
    return math.ceil(moment / step) * step
