"""By how much one sample lies above another, by the rank test of Wilcoxon, Mann and Whitney inverted.

The interval is the set of shifts that the test does not refuse (Bauer 1972, "Constructing confidence sets
using rank statistics", JASA 67), by the normal approximation with correction for ties and continuity. It is
made for one look.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.interval import Interval
from codesentinel.stats.zero import zero

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def shift(x: Array, y: Array, level: float, tolerance: float) -> Interval:
    """How far ``x`` lies above ``y``, with an interval; zeros are found to ``tolerance``.

    Raises:
        ValueError: there is no such shift: all values are the same.
    """
    least, most = float(x.min() - y.max()), float(x.max() - y.min())
    quantile = NormalDist().inv_cdf(1 - (1 - level) / 2)

    def bound(wanted: float) -> float:
        def excess(mu: float) -> float:
            return standard_score(x, y, mu) - wanted

        if excess(least) <= 0:
            return least
        return most if excess(most) >= 0 else zero(excess, least, most, tolerance)

    estimate = zero(lambda mu: standard_score(x, y, mu), least, most, tolerance)
    return Interval(estimate, bound(quantile), bound(-quantile))


def standard_score(x: Array, y: Array, mu: float) -> float:
    """Of the ranks of ``x - mu`` among all: 0 in the mean where ``mu`` is the shift.

    Raises:
        ValueError: all values are the same.
    """
    n, m = len(x), len(y)
    values, place, ties = np.unique(np.concatenate([x - mu, y]), return_inverse=True, return_counts=True)
    if len(values) == 1:
        raise ValueError("all values are the same")
    ranks = np.cumsum(ties) - (ties - 1) / 2
    score = float(ranks[place[:n]].sum()) - n * (n + 1) / 2 - n * m / 2
    total = n + m
    tied = float((ties**3.0 - ties).sum()) / (total * (total - 1))
    spread = (n * m / 12 * (total + 1 - tied)) ** 0.5
    return float((score - np.sign(score) * 0.5) / spread)
