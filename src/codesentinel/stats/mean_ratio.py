"""Evidence on the ratio of two means that may be looked at after every pair of values.

Of pairs ``a``, ``b`` the differences ``a - ratio * b - extra`` are taken for independent and normal with
one mean and one variance, both unknown; the null hypothesis says that the mean is not above 0. The
likelihood ratio of the standardised mean ``delta`` against 0, with the scale integrated out by its right
Haar measure,

    exp(-k delta^2 / 2) * I(delta * sum / root of squares) / I(0),   I(c) = integral of u^(k-1) exp(c u -
    u^2 / 2)

is an e-process for every delta above 0 (Perez-Ortiz, Lardy, de Heide and Gruenwald 2024, "E-statistics, group
invariance and anytime-valid testing", Annals of Statistics 52), and so is a mean over several.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from codesentinel.stats.rate_ratio import log_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DELTAS: Array = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
"""The standardised differences that are looked for; all weigh the same."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_HALVINGS = 40


def log_evidence(a: Array, b: Array, *, ratio: float, extra: float, smaller: bool = False) -> Array:
    """The logarithm of the e-value of all pairs up to each that the mean is above 0, or that it is below."""
    differences = (-1.0 if smaller else 1.0) * (a - ratio * b - extra)
    count = np.arange(1.0, len(a) + 1)
    squares = np.cumsum(differences * differences)
    standard = np.cumsum(differences) / np.sqrt(np.where(squares > 0, squares, 1.0))
    return _log_e(count, standard)


def bounds(a: Array, b: Array, alpha: float) -> tuple[float, float]:
    """Bounds of the ratio of the means; each holds at all times with ``1 - alpha`` (Fieller 1954)."""
    count = len(a)
    limit = _critical(count, alpha)
    if limit is None:
        return 0.0, math.inf
    # the sum of a - r b is `limit` times the root of the sum of its squares: quadratic in r
    square, share = float(limit * limit), (float(a.sum()), float(b.sum()))
    first = share[1] ** 2 - square * float(b @ b)
    middle = share[0] * share[1] - square * float(a @ b)
    last = share[0] ** 2 - square * float(a @ a)
    root = middle * middle - first * last
    if first <= 0 or root < 0:
        return 0.0, math.inf
    return max((middle - math.sqrt(root)) / first, 0.0), (middle + math.sqrt(root)) / first


def _log_e(count: Array, standard: Array) -> Array:
    """``standard`` is the sum of the values over the root of the sum of their squares."""
    shift = DELTAS * standard[:, None]
    at_0 = gammaln(count / 2.0) + (count / 2.0 - 1.0) * math.log(2.0)
    ratio = _log_integral(count[:, None], shift) - at_0[:, None]
    return log_mean(ratio - count[:, None] * DELTAS**2 / 2.0)


def _log_integral(count: Array, shift: Array) -> Array:
    """Gauss and Hermite about the peak, in the logarithm of ``u``, in which there is always one."""
    peak = (shift + np.sqrt(shift * shift + 4.0 * count)) / 2.0
    width = 1.0 / np.sqrt(2.0 * peak * peak - shift * peak)
    at = _NODES * width[..., None]
    u = peak[..., None] * np.exp(at)
    heights = count[..., None] * np.log(u) + shift[..., None] * u - u * u / 2.0 + _NODES**2 / 2.0
    top = heights.max(axis=-1)
    total: Array = top + np.log((np.exp(heights - top[..., None]) * _WEIGHTS).sum(axis=-1)) + np.log(width)
    return total


@functools.lru_cache(maxsize=4096)
def _critical(count: int, alpha: float) -> float | None:
    """The least ``standard`` of so many values that reaches ``1 / alpha``; None where none does."""
    low, high = 0.0, math.sqrt(count)

    def reaches(standard: float) -> bool:
        return float(_log_e(np.array([float(count)]), np.array([standard]))[0]) >= -math.log(alpha)

    if not count or not reaches(high):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
