"""Samples on an even grid of local time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.gaps import cadence
from codesentinel.stats.grid import means_by_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 86400.0
WEEK = 7 * DAY
MOST_POINTS = 40_000
FEWEST_POINTS = 48
_LEAST_FILLED = 0.3
_STEPS = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    *(60 * n for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240)),
)
_MONDAY = 4 * DAY  # 1970-01-05


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """``values`` at ``start + i * step`` (local wall time in seconds); NaN where nothing was measured."""

    start: float
    step: float
    values: NDArray[np.float64]

    @property
    def times(self) -> NDArray[np.float64]:
        """Local wall time of each value, as seconds since 1970-01-01 00:00 there."""
        times: NDArray[np.float64] = self.start + self.step * np.arange(len(self.values), dtype=np.float64)
        return times

    @property
    def span(self) -> float:
        """Seconds."""
        return self.step * len(self.values)

    def position(self, period: float) -> NDArray[np.float64]:
        """In cycles of the period, counted from a Monday at midnight."""
        position: NDArray[np.float64] = (self.times - _MONDAY) / period
        return position

    def months(self) -> NDArray[np.float64]:
        """In calendar months since 1970."""
        days = self.times // DAY
        month = days.astype("datetime64[D]").astype("datetime64[M]")
        first, following = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
        length = (following - first).astype(np.float64)
        passed = self.times / DAY - first.astype(np.float64)
        position: NDArray[np.float64] = month.astype(np.float64) + passed / length
        return position


def grid(
    times: NDArray[np.float64], values: NDArray[np.float64], step_seconds: float | None = None
) -> Grid | str:
    """The means of the samples in each step; or why there is no such grid.

    The step is the usual distance of two samples, longer where that gives too many of them. Repeated times
    are averaged, disorder is put in order, what is not finite is missing.
    """
    known = np.isfinite(values) & np.isfinite(times)
    times, values = times[known], values[known]
    if len(np.unique(times)) < FEWEST_POINTS:
        return f"{len(np.unique(times))} samples with a value; {FEWEST_POINTS} are needed"
    if np.ptp(values) == 0:
        return "all values are the same"
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    usual = cadence(np.unique(times))
    least = max(step_seconds or usual, (times[-1] - times[0]) / MOST_POINTS)
    step = next((float(s) for s in _STEPS if s >= 0.99 * least), float(np.ceil(least / 3600) * 3600))
    start = float(np.floor(times[0] / step) * step)
    place = ((times - start) / step).astype(np.int64)
    means = means_by_step(place, values)
    filled = float(np.isfinite(means).mean())
    if filled < _LEAST_FILLED:
        return f"samples in {filled:.0%} of the steps of {step:g} s; {_LEAST_FILLED:.0%} are needed"
    return Grid(start, step, means)
