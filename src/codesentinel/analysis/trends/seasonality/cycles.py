"""A period laid on a series: how its cycles are cut, and how much of it they explain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.seasonality import MONTH_SECONDS
from codesentinel.stats.fold import covered, fold, without_level
from codesentinel.stats.normal_scores import normal_scores
from codesentinel.stats.slot_gain import gain, left_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.seasonality.grid import Grid
    from codesentinel.model.interval import Interval

MONTH = MONTH_SECONDS
_COARSEST = (1, 2, 4, 6, 12, 24)


def positions(grid: Grid, period: float) -> NDArray[np.float64]:
    """Of the grid's values in cycles of the period; a month's are the calendar's."""
    return grid.months() if period == MONTH else grid.position(period)


def cycles_of(
    grid: Grid, values: NDArray[np.float64], period: float, *, aligned: bool = False
) -> NDArray[np.float64]:
    """The values as cycles by slots of one step.

    ``aligned`` cycles begin at midnight, on Monday, on the first; others where the newest one ends with the
    series, so that none is lost.
    """
    position = positions(grid, period)
    slots = max(round(math.floor(period / grid.step * 1.0001)), 1)
    if aligned:
        return fold(position, values, slots)
    last = position[-1] + grid.step / period
    shifted = position - (last - math.floor(last - position[0] + 1e-9))
    begin = int(np.searchsorted(shifted, -1e-9))
    return fold(np.maximum(shifted[begin:], 0.0), values[begin:], slots)


def scored(grid: Grid, values: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Cycles by slots of normal scores, of what is left without a level: what tests are made on."""
    rest = without_level(values, round(period / grid.step))
    return covered(cycles_of(grid, normal_scores(rest), period))


def without(grid: Grid, values: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """The values less the mean profile of the period, each slot of one step."""
    position = positions(grid, period)
    slots = max(math.floor(period / grid.step * 1.0001), 1)
    rest = without_level(values, round(period / grid.step))
    cycles = fold(position, rest, slots)
    known = np.isfinite(cycles)
    profile = np.where(known, cycles, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    place = (np.floor((position - np.floor(position[0])) * slots + 1e-6).astype(np.int64)) % slots
    left: NDArray[np.float64] = values - profile[place]
    return left


def measured(grid: Grid, values: NDArray[np.float64], period: float) -> tuple[Interval | None, float]:
    """The gain out of sample of the best of a few widths of slots, and the mean square that it is of."""
    rest = without_level(values, round(period / grid.step))
    clipped = _clipped(rest)
    cycles = covered(cycles_of(grid, clipped, period))
    best: Interval | None = None
    for wide in _COARSEST:
        slots = cycles.shape[1] // wide
        if wide > 1 and slots < 6:
            break
        folded = _widened(cycles, slots, wide)
        found = gain(cycles, folded)
        if found and (best is None or found.estimate > best.estimate):
            best = found
    squares = float(np.nanmean(cycles**2)) if np.isfinite(cycles).any() else 0.0
    return best, squares


def _widened(cycles: NDArray[np.float64], slots: int, wide: int) -> NDArray[np.float64]:
    """Predictions of slots that are ``wide`` times as long; the last one takes what is left over."""
    if wide == 1:
        return left_out(cycles)
    edges = np.minimum(np.arange(cycles.shape[1]) // wide, slots - 1)
    known = np.isfinite(cycles)
    count = np.zeros((len(cycles), slots))
    total = np.zeros((len(cycles), slots))
    np.add.at(total.T, edges, np.where(known, cycles, 0.0).T)
    np.add.at(count.T, edges, known.T.astype(np.float64))
    with np.errstate(invalid="ignore"):
        coarse = total / np.where(count > 0, count, np.nan)
    return left_out(coarse)[:, edges]


def _clipped(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the reach of outliers: within the outer hundredths, widened by their distance."""
    known = values[np.isfinite(values)]
    if not len(known):
        return values
    low, high = np.quantile(known, (0.005, 0.995))
    return np.clip(values, low - 0.5 * (high - low), high + 0.5 * (high - low))
