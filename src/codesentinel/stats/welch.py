"""The difference of two means whose variances need not be alike: Welch (1947), Biometrika 34."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95


class Difference(NamedTuple):
    """``estimate`` with the bounds of its 95 % interval; ``p_value`` of no difference, on both sides."""

    estimate: float
    lower: float
    upper: float
    p_value: float


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> Difference:
    """The mean of ``one`` less that of ``other``, of independent values; each has two or more."""
    shares = np.array([one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)])
    estimate, variance = float(one.mean() - other.mean()), float(shares.sum())
    if variance <= 0:
        return Difference(estimate, estimate, estimate, 1.0 if estimate == 0 else 0.0)
    freedom = variance**2 / float((shares**2 / [len(one) - 1, len(other) - 1]).sum())
    error = variance**0.5
    reach = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    p_value = 2 * float(stdtr(freedom, -abs(estimate) / error))
    return Difference(estimate, estimate - reach, estimate + reach, p_value)
