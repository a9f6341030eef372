"""One metric: Pass, High, Low, or why there is no answer."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.experiments.kayenta.series import (
    common_language,
    mean_ratio,
    outside_quartiles,
    prepared,
    summary,
)
from codesentinel.model.kayenta import (
    CLES,
    CONFIDENCE,
    HIGH,
    KAYENTA_PASS,
    LOW,
    NODATA,
    NODATA_FAIL,
    TOLERANCE,
    Classification,
    KayentaMetric,
    Limits,
)
from codesentinel.stats.rank_shift import shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ZERO_TOLERANCE = 1e-4
"""To which its zeros are found, whatever the unit: verdicts depend on it, so this mode keeps it."""

_NOISE = 1e-5


def classified(
    metric: KayentaMetric,
    control: Array,
    experiment: Array,
    *,
    tolerance: float = TOLERANCE,
    level: float = CONFIDENCE,
) -> Classification:
    """By the interval of the shift of ranks, and by the size of the effect."""
    before = _without_test(metric, control, experiment)
    if before is not None:
        return before
    control, experiment = (_cleaned(metric, one) for one in (control, experiment))
    if np.array_equal(np.sort(control), np.sort(experiment)):
        return Classification(KAYENTA_PASS, reason="the values are the same")
    if len(np.unique(np.concatenate([control, experiment]))) == 1:
        return Classification(KAYENTA_PASS, reason="all values are the same")
    effect = _effect(metric, control, experiment)
    found = shift(*_varied(experiment, control), level, ZERO_TOLERANCE)
    band = tolerance * abs(found.estimate)
    sides = (
        (HIGH, ("increase", "either"), (found.lower or 0.0) > band, _reaches(effect, metric.allowed, HIGH)),
        (LOW, ("decrease", "either"), (found.upper or 0.0) < -band, _reaches(effect, metric.allowed, LOW)),
    )
    for label, directions, shifted, large in sides:
        if metric.direction in directions and shifted and large:
            critical = metric.critical and _reaches(effect, metric.critical_limits, label)
            word = "higher" if label == HIGH else "lower"
            return Classification(label, effect, critical, f"{word} than the control")
    return Classification(KAYENTA_PASS, effect)


def by_mean(metric: KayentaMetric, control: Array, experiment: Array) -> Classification:
    """By the means alone: its older classifier, kept for the vectors."""
    usual, mean = summary(control).mean, summary(experiment).mean
    if mean > usual and metric.direction in ("increase", "either"):
        return Classification(HIGH)
    return Classification(
        LOW if mean < usual and metric.direction in ("decrease", "either") else KAYENTA_PASS
    )


def _without_test(metric: KayentaMetric, control: Array, experiment: Array) -> Classification | None:
    """Where values are missing altogether."""
    known = [len(one[~np.isnan(one)]) > 0 for one in (control, experiment)]
    if all(known) or (metric.nan_strategy == "replace" and len(control) and len(experiment)):
        return None
    if metric.nan_strategy == "replace":
        return Classification(KAYENTA_PASS, reason="missing data is replaced by 0, and passes")
    missing = " and ".join(arm for arm, has in zip(("control", "experiment"), known, strict=True) if not has)
    label = NODATA_FAIL if metric.must_have_data and not metric.critical else NODATA
    return Classification(label, critical=metric.critical, reason=f"no data of the {missing}")


def _cleaned(metric: KayentaMetric, values: Array) -> Array:
    values = prepared(values, metric.nan_strategy)
    if metric.outlier_factor is None:
        return values
    return values[~outside_quartiles(values, metric.outlier_factor, widened=True)]


def _varied(experiment: Array, control: Array) -> tuple[Array, Array]:
    """Where both arms are constant Kayenta adds normal noise; here quantiles, the same ones each time."""
    if len(np.unique(experiment)) > 1 or len(np.unique(control)) > 1:
        return experiment, control
    arms = []
    for values in (experiment, control):
        places = (np.arange(len(values)) + 0.5) / len(values)
        noise = np.array([NormalDist().inv_cdf(place) for place in places.tolist()])
        arms.append(values + noise * _NOISE * np.abs(values))
    return arms[0], arms[1]


def _effect(metric: KayentaMetric, control: Array, experiment: Array) -> float:
    return (common_language if metric.measure == CLES else mean_ratio)(control, experiment)


def _reaches(effect: float, limits: Limits, side: str) -> bool:
    """Whether the effect is as large as it has to be; one that is no number always is."""
    return math.isnan(effect) or (effect >= limits.increase if side == HIGH else effect <= limits.decrease)
