"""Values as Kayenta prepares them: missing ones, outliers, summaries, sizes of effects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Summary(NamedTuple):
    """All 0 where there are no values."""

    size: int
    minimum: float
    maximum: float
    mean: float
    deviation: float


def prepared(values: Array, nan_strategy: str) -> Array:
    """Without what is not a number, or with 0 in its place."""
    missing = np.isnan(values)
    return np.where(missing, 0.0, values) if nan_strategy == "replace" else values[~missing]


def summary(values: Array) -> Summary:
    """The deviation is that of a sample."""
    if not len(values):
        return Summary(0, 0.0, 0.0, 0.0, 0.0)
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Summary(len(values), float(values.min()), float(values.max()), float(values.mean()), deviation)


def percentile(values: Array, percent: float) -> float:
    """By linear interpolation (definition R-7 of Hyndman and Fan 1996)."""
    return float(np.percentile(values, percent))


def far_from_mean(values: Array, sigmas: float) -> NDArray[np.bool_]:
    """Farther from the mean than so many standard deviations."""
    told = summary(values)
    far: NDArray[np.bool_] = np.abs(values - told.mean) > sigmas * told.deviation
    return far


def outside_quartiles(values: Array, factor: float, *, widened: bool = False) -> NDArray[np.bool_]:
    """Farther from the quartiles than ``factor`` times their distance; ``widened``: and than 1% and 99%."""
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    low, high = percentile(values, 25), percentile(values, 75)
    low, high = low - factor * (high - low), high + factor * (high - low)
    if widened:
        low, high = min(low, percentile(values, 1)), max(high, percentile(values, 99))
    outside: NDArray[np.bool_] = (values < low) | (values > high)
    return outside


def mean_ratio(control: Array, experiment: Array) -> float:
    """NaN where one of the means is 0."""
    usual, mean = summary(control).mean, summary(experiment).mean
    return mean / usual if usual and mean else math.nan


def common_language(control: Array, experiment: Array) -> float:
    """The chance that a value of the experiment is larger (McGraw and Wong 1992)."""
    below = (control[:, None] < experiment).sum() + (control[:, None] == experiment).sum() / 2
    return float(below / (len(control) * len(experiment)))


def cohens_d(one: Array, other: Array) -> float:
    """The difference of the means over the root of the pooled variance (Cohen 1988)."""
    first, second = summary(one), summary(other)
    free = first.size + second.size - 2
    pooled = ((first.size - 1) * first.deviation**2 + (second.size - 1) * second.deviation**2) / free
    return (first.mean - second.mean) / math.sqrt(pooled)
