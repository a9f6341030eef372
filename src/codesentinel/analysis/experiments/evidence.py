"""What a metric has to say for and against harm, block by block."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.canary import Threshold
from codesentinel.model.interval import Interval
from codesentinel.stats.rate_ratio import Counts, bounds, log_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LARGEST = 700.0  # exp of more is no float
_SPLIT = 0.25  # blocks whose odds are alike to this power of e share a split


class Row(NamedTuple):
    """One comparison of rates: what was counted in each block, and the logarithms of both e-values."""

    bound: float | None
    counts: Counts
    harm: float
    safe: float
    dispersion: float


class Evidence(NamedTuple):
    """The logarithms of the e-values for harm and for safety after each block; and what they consist of."""

    harm: Array
    safe: Array
    rows: tuple[Row, ...] = ()
    thresholds: tuple[Threshold, ...] = ()


def together(logarithms: Array) -> Array:
    """The logarithm of the mean e-value over the last axis."""
    return log_mean(logarithms)


def e_value(logarithm: float) -> float:
    """As a number; one that is too large for a float is cut."""
    return math.exp(min(logarithm, _LARGEST))


def e_values(logarithms: Array) -> list[float]:
    """The same of many."""
    return [float(one) for one in np.exp(np.minimum(logarithms, _LARGEST)).tolist()]


def thresholds(rows: Sequence[Row], alpha: float) -> list[Threshold]:
    """The rows with their effects and intervals: of all metrics at once, for that is a good deal quicker."""
    if not rows:
        return []
    sums = [_by_split(row.counts) for row in rows]
    widest = max(len(one.x) for one in sums)
    x, y, odds = (np.full((len(rows), widest), np.nan) for _ in range(3))
    for i, (row, one) in enumerate(zip(rows, sums, strict=True)):
        x[i, : len(one.x)] = one.x / row.dispersion
        y[i, : len(one.x)] = one.y / row.dispersion
        odds[i, : len(one.x)] = one.odds
    low, high = bounds(x, y, odds, alpha)
    return [_threshold(*of_row) for of_row in zip(rows, sums, low.tolist(), high.tolist(), strict=True)]


def _threshold(row: Row, sums: Counts, low: float, high: float) -> Threshold:
    """The ratio of the rates is that of Mantel and Haenszel (1959), in which each split counts by itself."""
    n, m = sums.n, sums.m
    both = np.where(n + m > 0, n + m, 1.0)
    ours, theirs = float((sums.x * m / both).sum()), float((sums.y * n / both).sum())
    return Threshold(
        bound=row.bound,
        baseline=_ratio(float(sums.y.sum()), float(m.sum())),
        canary=_ratio(float(sums.x.sum()), float(n.sum())),
        effect=Interval(_ratio(ours, theirs), low, high),
        e_value=e_value(row.harm),
        safe_e_value=e_value(row.safe),
        dispersion=row.dispersion,
    )


def _ratio(above: float, below: float) -> float:
    if below:
        return above / below
    return math.inf if above else math.nan


def _by_split(counts: Counts) -> Counts:
    """Summed over the blocks of each split of traffic."""
    odds = counts.odds
    says = np.isfinite(odds)
    _, group = np.unique(np.round(np.log(odds[says]) / _SPLIT), return_inverse=True)
    groups = int(group.max()) + 1 if len(group) else 0
    sums = [np.bincount(group, weights=one[says], minlength=groups).astype(np.float64) for one in counts]
    return Counts(*sums)
