"""Evidence on the ratio of two rates that may be looked at after every count.

Of ``canary`` events among ``n_canary`` requests and ``baseline`` events among ``n_baseline`` the null
hypothesis says that the canary's rate is at most ``ratio * rate of the baseline + extra``, whatever the
rate of the baseline is, and however it moves. For an alternative whose ratio is ``g`` times as large, with
``o = ratio * n_canary / n_baseline`` and ``L = log((1 + o g) / (1 + o))``,

    E_g = exp(canary * log(g) - (canary + baseline) * L - extra * n_canary * (g * exp(-L) - 1))

is an e-value: for Poisson and for binomial counts its mean is at most 1 under the null, for the generating
function of a binomial is at most that of a Poisson, and in that the rate of the baseline cancels. With
``extra = 0`` it is the likelihood ratio of the canary's share among all events, given their number (Lindon
and Malek 2022, "Anytime-valid inference for multinomial count data", NeurIPS; Gruenwald, de Heide and
Koolen 2024, "Safe testing", JRSS B 86). Products over time and means over ``g`` are e-values again, and by
Ville's inequality one ever reaches ``1 / alpha`` with a probability of ``alpha`` at most. With ``g`` below
1 the null hypothesis is "at least" instead of "at most".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GRID: Array = np.exp(np.geomspace(0.03, math.log(16.0), 12))
"""The alternatives, as multiples of the ratio under the null; all weigh the same."""


def log_e_steps(
    events: tuple[Array, Array],
    requests: tuple[Array, Array],
    *,
    ratio: float | Array,
    extra: float | Array = 0.0,
    grid: Array = GRID,
) -> Array:
    """The logarithm of what each step multiplies the e-value of each alternative by; shape (..., len(grid)).

    ``events`` and ``requests`` are those of canary and baseline, of shapes that fit together. A step in
    which one of the arms had no request says nothing.
    """
    canary, baseline = (np.asarray(one, dtype=np.float64)[..., None] for one in events)
    n_canary, n_baseline = (np.asarray(one, dtype=np.float64)[..., None] for one in requests)
    says = (n_canary > 0) & (n_baseline > 0)
    odds = np.asarray(ratio)[..., None] * n_canary / np.where(says, n_baseline, 1.0)
    shift = np.log1p(odds * grid) - np.log1p(odds)
    steps = canary * np.log(grid) - (canary + baseline) * shift
    steps = steps - np.asarray(extra)[..., None] * n_canary * (grid * np.exp(-shift) - 1.0)
    return np.where(says, steps, 0.0)


def log_mean(steps: Array) -> Array:
    """The logarithm of the mean e-value over the alternatives, the last axis."""
    top = steps.max(axis=-1)
    mean: Array = top + np.log(np.exp(steps - top[..., None]).mean(axis=-1))
    return mean


def bounds(events: tuple[float, float], requests: tuple[float, float], alpha: float) -> tuple[float, float]:
    """A lower and an upper bound of the ratio of the rates; each holds at all times with ``1 - alpha``.

    They are those ratios at which there is just enough evidence for a larger, or a smaller one: the
    e-values fall, or rise, with the ratio under the null. Counts are sums over steps of the same split.
    """
    needed = -math.log(alpha)

    def evidence(log_ratio: float, grid: Array) -> float:
        counted = tuple(np.array(one) for one in events), tuple(np.array(one) for one in requests)
        return float(log_mean(log_e_steps(*counted, ratio=math.exp(log_ratio), grid=grid)))  # type: ignore[arg-type]

    low = _crossing(lambda at: needed - evidence(at, GRID))
    high = _crossing(lambda at: evidence(at, 1.0 / GRID) - needed)
    return (0.0 if low is None else math.exp(low)), (math.inf if high is None else math.exp(high))


_WIDEST = 14.0  # a ratio of more than a million


def _crossing(rising: object) -> float | None:
    """Where a rising function crosses 0, between the widest bounds; None where it does not."""
    from scipy.optimize import brentq

    if rising(-_WIDEST) >= 0 or rising(_WIDEST) <= 0:  # type: ignore[operator]
        return None
    return float(brentq(rising, -_WIDEST, _WIDEST, xtol=1e-4))
