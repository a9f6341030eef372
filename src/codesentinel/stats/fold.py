"""A series cut into the cycles of a period and laid on top of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_COVERED = 0.5


def fold(position: NDArray[np.float64], values: NDArray[np.float64], slots: int) -> NDArray[np.float64]:
    """Cycles by slots, the mean of the values in each; NaN where there are none.

    Args:
        position: of each value, in cycles: the whole part says which, the fraction where in it; rising.
        values: NaN where missing.
        slots: parts of equal length in a cycle.
    """
    first = int(np.floor(position[0])) if len(position) else 0
    place = np.floor((position - first) * slots + 1e-6).astype(np.int64)
    count = int(place[-1]) // slots + 1 if len(place) else 0
    known = np.isfinite(values)
    held = np.bincount(place[known], minlength=count * slots)
    total = np.bincount(place[known], weights=values[known], minlength=count * slots)
    with np.errstate(invalid="ignore"):
        return (total / np.where(held > 0, held, np.nan)).reshape(count, slots)


def covered(cycles: NDArray[np.float64], least: float = _LEAST_COVERED) -> NDArray[np.float64]:
    """The cycles of which at least this share of the slots that ever have a value has one."""
    known = np.isfinite(cycles)
    used = np.count_nonzero(known.any(axis=0))
    kept: NDArray[np.float64] = cycles[known.sum(axis=1) >= max(least * used, 1)]
    return kept


def moving_mean(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The mean of ``window`` values around each, of those that are there; NaN where none is.

    A period of ``window`` values averages out. Where the window would reach beyond an end, the nearest
    whole one is taken.
    """
    n = len(values)
    window = min(max(window, 1), n)
    known = np.isfinite(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    begin = np.clip(np.arange(n) - window // 2, 0, n - window)
    held = count[begin + window] - count[begin]
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = (total[begin + window] - total[begin]) / np.where(held > 0, held, np.nan)
    return mean


def without_level(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The values less what is slower than ``window`` of them: a parabola, then a moving mean.

    The parabola is fitted to the moving mean, which a rhythm of this period does not turn; it takes the
    trend from the ends, where a moving mean stands still.
    """
    level = moving_mean(values, window)
    middle = np.arange(window // 2, len(values) - window // 2)
    middle = middle[np.isfinite(level[middle])]
    if len(middle) > 3 * max(window, 3):
        x = np.linspace(-1.0, 1.0, len(values))
        level_fit = np.polynomial.polynomial.polyfit(x[middle], level[middle], 2)
        values = values - np.polynomial.polynomial.polyval(x, level_fit)
        level = moving_mean(values, window)
    rest: NDArray[np.float64] = values - level
    return rest
