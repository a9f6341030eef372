"""How much better a profile of slots predicts cycles that it has not seen than none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from codesentinel.model.interval import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def left_out(cycles: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each cycle the mean profile of all the others; cycles by slots, NaN where no other has a value."""
    known = np.isfinite(cycles)
    filled = np.where(known, cycles, 0.0)
    others = known.sum(axis=0) - known
    with np.errstate(invalid="ignore"):
        profile: NDArray[np.float64] = (filled.sum(axis=0) - filled) / np.where(others > 0, others, np.nan)
    return profile


def gain(
    cycles: NDArray[np.float64], prediction: NDArray[np.float64], level: float = 0.95
) -> Interval | None:
    """The share of the squares that the prediction takes away, with an interval; None for under two cycles.

    The ratio of sums over cycles, with the linearised variance of a ratio and Student's t of C - 1 (Cochran
    1977, "Sampling Techniques", section 6.4). Negative where predicting zero is better.
    """
    known = np.isfinite(cycles) & np.isfinite(prediction)
    before = np.where(known, cycles, 0.0) ** 2
    after = np.where(known, cycles - np.where(known, prediction, 0.0), 0.0) ** 2
    x, y = before.sum(axis=1), after.sum(axis=1)
    used = known.any(axis=1)
    x, y = x[used], y[used]
    count, total = len(x), float(x.sum())
    if count < 2 or total <= 0:
        return None
    ratio = float(y.sum()) / total
    spread = float(np.sqrt(((y - ratio * x) ** 2).sum() / (count - 1) / count)) / (total / count)
    reach = float(stdtrit(count - 1, (1 + level) / 2)) * spread
    return Interval(1 - ratio, 1 - ratio - reach, min(1 - ratio + reach, 1.0))
