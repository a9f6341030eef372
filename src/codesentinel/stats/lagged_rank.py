"""Whether one series foretells another: rank correlation at several lags, honest about autocorrelation.

Two slow series agree by chance far more often than a table of Spearman's coefficient says (Yule 1926). Each
coefficient is therefore judged by the number of independent pairs that the two series are worth, and
asked for twice: of the levels, and of the steps from one moment to the next. Two random walks are worth
so few pairs that their levels prove nothing; what truly depends shows in its steps then.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr

from codesentinel.stats.effective_size import effective_size, memory
from codesentinel.stats.ranks import average_ranks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVELS, STEPS = "levels", "steps"
LEAST_PAIRS = 20
_LEAST_WORTH = 4.5
"""Independent pairs below which nothing can be said."""
_NORMAL_95 = 1.959964
_FIELLER = 1.03
"""Ranks scatter so much more than values: Fieller, Hartley and Pearson (1957), Biometrika 44, 470-481."""


class Lagged(NamedTuple):
    """The coefficient when the cause is ``lag`` samples ahead, and the chance of one as large by chance.

    ``of`` is ``levels`` or ``steps``, ``worth`` the number of independent pairs, ``lower`` and ``upper`` the
    interval of 95 % by Fisher's transformation; with fewer than 4.5 pairs it is all of -1 to 1.
    """

    lag: int
    of: str
    coefficient: float
    worth: float
    p_value: float
    lower: float
    upper: float


def lagged_ranks(
    cause: Floats, effect: Floats, lags: Iterable[int], *, apart_from: Sequence[Floats] = ()
) -> list[Lagged]:
    """Spearman's coefficient of equally spaced series at each lag, of their levels and of their steps.

    NaN is a gap. With ``apart_from`` both are taken apart from other series of the same length first: what is
    left is the partial rank correlation. Nothing is returned for a lag that leaves fewer than 20 pairs.
    """
    found = []
    for of in (LEVELS, STEPS):
        first, second, others = cause, effect, list(apart_from)
        if of == STEPS:
            first, second, others = np.diff(first), np.diff(second), [np.diff(one) for one in others]
        for lag in lags:
            one = _at(first, second, others, lag, of)
            if one is not None:
                found.append(one)
    return found


def _at(cause: Floats, effect: Floats, others: Sequence[Floats], lag: int, of: str) -> Lagged | None:
    n = len(effect)
    if n - abs(lag) < LEAST_PAIRS:
        return None
    early, late = slice(max(-lag, 0), n - max(lag, 0)), slice(max(lag, 0), n - max(-lag, 0))
    pairs = [cause[early], effect[late], *(one[late] for one in others)]
    known = np.logical_and.reduce([np.isfinite(one) for one in pairs])
    if int(known.sum()) < LEAST_PAIRS:
        return None
    first, second, *rest = (average_ranks(one[known]) for one in pairs)
    if rest:
        first, second = _apart(first, rest), _apart(second, rest)
    return _judged(first, second, lag, of, len(rest))


def _judged(first: Floats, second: Floats, lag: int, of: str, lost: int) -> Lagged:
    first, second = first - first.mean(), second - second.mean()
    power = math.sqrt(float(first @ first) * float(second @ second))
    if power <= 1e-9 * len(first):
        return Lagged(lag, of, 0.0, 0.0, 1.0, -1.0, 1.0)
    coefficient = float(np.clip(float(first @ second) / power, -1.0, 1.0))
    worth = effective_size(memory(first), memory(second), len(first)) - lost
    if worth < _LEAST_WORTH:
        return Lagged(lag, of, coefficient, worth, 1.0, -1.0, 1.0)
    rest = max(1 - coefficient * coefficient, 1e-12)
    p_value = 2 * float(stdtr(worth - 2, -abs(coefficient) * math.sqrt((worth - 2) / rest)))
    middle = math.atanh(max(min(coefficient, 1 - 1e-9), -1 + 1e-9))
    half = _FIELLER * _NORMAL_95 / math.sqrt(worth - 3)
    return Lagged(
        lag, of, coefficient, worth, min(p_value, 1.0), math.tanh(middle - half), math.tanh(middle + half)
    )


def _apart(values: Floats, others: Sequence[Floats]) -> Floats:
    """What a straight line through the others leaves of the values."""
    columns = np.column_stack([np.ones(len(values)), *others])
    fit, *_ = np.linalg.lstsq(columns, values, rcond=None)
    left: Floats = values - columns @ fit
    if float(left.std()) < 1e-6 * float(values.std() or 1.0):
        return np.zeros(len(values))
    return left
