"""How far beyond its usual extremes a value lies, learned as it goes: peaks over an online quantile.

Excesses over a high threshold are near a generalised Pareto law (J. Pickands, 1975, Annals of Statistics
3(1)); here the exponential one, its middle case, whose only parameter is the mean excess. Siffer et al.
(2017), Anomaly Detection in Streams with Extreme Value Theory, KDD, fit it in streams; their threshold
stays, ours follows as a quantile by stochastic approximation (H. Robbins, S. Monro, 1951).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST_EXCESS = 10.0
"""Mean excesses that one value may teach at most: an anomaly is not to become the norm."""
_SMALLEST_MEAN = 0.05
"""Mean excess, as a share of the mean: below it lies rounding."""
_LARGEST = 1e9
"""What a change gets where nothing ever changed."""


class TailRates(NamedTuple):
    """``quantile`` of the values begins the tail.

    It and the mean excess are those of all values so far until ``settled`` were seen; from then on the
    quantile moves at the rate ``follow``, the mean excess at ``learn``.
    """

    quantile: float
    settled: int
    follow: float
    learn: float


USUAL = TailRates(quantile=0.99, settled=750, follow=5e-4, learn=0.01)


@compiled
def _ranked_tail(
    ranked: NDArray[np.float64], count: int, value: float, quantile: float
) -> tuple[float, float]:
    """The quantile and the mean excess over it, after ``value`` has joined the ``count`` that are ranked."""
    at = np.searchsorted(ranked[:count], value)
    for i in range(count, at, -1):
        ranked[i] = ranked[i - 1]
    ranked[at] = value
    threshold = ranked[int(quantile * count)]
    excess, over = 0.0, 0
    for i in range(count, -1, -1):
        if ranked[i] <= threshold:
            break
        excess += ranked[i] - threshold
        over += 1
    return threshold, excess / max(over, 1)


@compiled
def excesses(
    values: NDArray[np.float64], warm_up: int, rates: TailRates
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each value's distance beyond the quantile before it, in mean excesses; and that quantile.

    A value of 3 is reached by one in ``exp(3)`` of those beyond the quantile. 0 in the first ``warm_up``
    values, and below the quantile. Values are not negative.
    """
    beyond, thresholds = np.zeros(len(values)), np.full(len(values), np.nan)
    ranked = np.empty(rates.settled)
    threshold = excess = usual = 0.0
    for t in range(len(values)):
        value = values[t]
        unit = max(excess, _SMALLEST_MEAN * usual)
        if t >= warm_up:
            thresholds[t] = threshold
            if value > threshold:
                beyond[t] = min((value - threshold) / unit, _LARGEST) if unit > 0.0 else _LARGEST
        if t < rates.settled:
            usual += (value - usual) / (t + 1)
            threshold, excess = _ranked_tail(ranked, t, value, rates.quantile)
            continue
        most = threshold + _LARGEST_EXCESS * unit if unit > 0.0 else value
        usual += rates.follow * (min(value, most) - usual)
        step = rates.follow * max(threshold, usual)
        if value > threshold:
            excess = unit + rates.learn * (min(value, most) - threshold - unit)
            threshold += step * rates.quantile
        else:
            threshold -= step * (1.0 - rates.quantile)
    return beyond, thresholds
