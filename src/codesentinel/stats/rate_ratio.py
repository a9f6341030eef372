"""Evidence on the ratio of two rates that may be looked at after every count.

Of ``x`` events among ``n`` requests of one arm and ``y`` among ``m`` of the other the null hypothesis says
that the first rate is at most ``ratio`` times the second plus ``extra``, whatever the second is, and
however it moves. For an alternative whose ratio is ``g`` times as large, with ``o = ratio * n / m`` and ``L
= log((1 + o g) / (1 + o))``,

    E_g = exp(x * log(g) - (x + y) * L - extra * n * (g * exp(-L) - 1))

is an e-value: for Poisson and for binomial counts its mean is at most 1 under the null, because the
generating function of a binomial is at most that of a Poisson, and there the second rate cancels. With
``extra = 0`` it is the likelihood ratio of the first arm's share of all events, given their number (Lindon
and Malek 2022, "Anytime-valid inference for multinomial count data", NeurIPS). Products over time and means
over ``g`` are e-values again (Gruenwald, de Heide and Koolen 2024, "Safe testing", JRSS B 86), and one that
is looked at after every block ever reaches ``1 / alpha`` with a probability of at most ``alpha`` (Ville
1939). With ``g`` below 1 the null hypothesis is "at least" instead of "at most".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LARGER: Array = np.exp(np.linspace(0.15, 2.4, 10))
"""The alternatives by which a larger rate is looked for; all weigh the same."""

SMALLER: Array = np.exp(-np.geomspace(0.04, 1.6, 8))
"""The alternatives by which it is looked for that a rate is not as large."""

_WIDEST = 14.0  # bounds are ratios of up to a million
_HALVINGS = 24
_LATE = 0.1


class Counts(NamedTuple):
    """Events of both arms in each block, shape (blocks, k), and their requests, shape (blocks,)."""

    x: Array
    y: Array
    n: Array
    m: Array

    @property
    def exchanged(self) -> Counts:
        """The same with the arms exchanged."""
        return Counts(self.y, self.x, self.m, self.n)

    @property
    def odds(self) -> Array:
        """Requests of the first arm for each of the second; NaN where one of the two had none."""
        both = (self.n > 0) & (self.m > 0)
        return np.where(both, self.n / np.where(both, self.m, 1.0), np.nan)


def log_evidence(
    counts: Counts, dispersion: Array, *, ratio: float, extra: float, grid: Array, late: bool = False
) -> Array:
    """The logarithm of the e-value of all blocks up to each; shape (blocks, k).

    Counts that scatter more than Poisson's, by the factor ``dispersion`` of their variance, are taken for
    that many fewer: a count of scaled Poisson variables. A block in which one arm had no request says
    nothing. With ``late`` what begins with a later block is looked for, too; then the order of the blocks
    matters.
    """
    odds = counts.odds[:, None] * ratio
    says = np.isfinite(odds)
    odds = np.where(says, odds, 1.0)
    shift = np.log1p(odds * grid) - np.log1p(odds)
    x, both = (np.where(says, one, 0.0)[..., None] for one in (counts.x, counts.x + counts.y))
    steps = x * np.log(grid) - both * shift[:, None, :]
    if extra:
        n = np.where(says[:, 0], counts.n, 0.0)
        steps = steps - (extra * n[:, None] * (grid * np.exp(-shift) - 1.0))[:, None, :]
    sums = np.cumsum(steps, axis=0)
    whole = log_mean(sums / dispersion[..., None])
    return _with_late(whole, sums, dispersion) if late else whole


def _with_late(whole: Array, sums: Array, dispersion: Array) -> Array:
    """A tenth of the stake on what begins with a later block, ``1 / (j (j + 1))`` of it on block ``j``.

    A mean of e-processes with fixed weights, each of which begins at 1, is one again: the mixture over
    restarts of an e-detector (Shin, Ramdas and Rinaldo 2024, "E-detectors", New England Journal of
    Statistics in Data Science 2), with weights that add up to 1, so that the bound holds for all time.
    """
    count = len(sums)
    before = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
    stakes = -np.log(np.arange(1.0, count + 1) * np.arange(2.0, count + 2))
    found = np.empty_like(whole)
    for t in range(count):
        restarts = log_mean((sums[t] - before[: t + 1]) / dispersion[t, :, None]) + stakes[: t + 1, None]
        top = restarts.max(axis=0)
        found[t] = top + np.log(np.exp(restarts - top).sum(axis=0))
    both: Array = np.logaddexp(math.log(1 - _LATE) + whole, math.log(_LATE) + found)
    return both


def log_mean(logarithms: Array) -> Array:
    """The logarithm of the mean over the last axis of what these are the logarithms of."""
    top = logarithms.max(axis=-1)
    mean: Array = top + np.log(np.exp(logarithms - top[..., None]).mean(axis=-1))
    return mean


def bounds(x: Array, y: Array, odds: Array, alpha: float) -> tuple[Array, Array]:
    """Lower and upper bounds of ratios of rates; each holds at all times with a probability of ``1 - alpha``.

    They are those ratios at which there is just enough evidence for a larger, or for a smaller one. Shapes
    are (rows, groups): blocks of the same split of traffic may be summed up. ``odds`` is NaN where there
    are none.
    """
    needed = -math.log(alpha)
    says = np.isfinite(odds)
    x, both = (np.where(says, one, 0.0)[..., None] for one in (x, x + y))
    odds = np.where(says, odds, 1.0)[..., None]

    def shown(log_ratio: Array, grid: Array) -> NDArray[np.bool_]:
        at = odds * np.exp(log_ratio)[:, None, None]
        steps = x * np.log(grid) - both * (np.log1p(at * grid) - np.log1p(at))
        return log_mean(steps.sum(axis=1)) >= needed

    low = _last(len(x), lambda at: shown(at, LARGER))
    high = _last(len(x), lambda at: shown(-at, SMALLER))
    return np.where(low > -_WIDEST, np.exp(low), 0.0), np.where(high > -_WIDEST, np.exp(-high), np.inf)


def _last(rows: int, holds: object) -> Array:
    """By halving: the largest number for which it holds, row by row; the least where it never does."""
    low, high = np.full(rows, -_WIDEST), np.full(rows, _WIDEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        yes = holds(middle)  # type: ignore[operator]
        low, high = np.where(yes, middle, low), np.where(yes, high, middle)
    return low
