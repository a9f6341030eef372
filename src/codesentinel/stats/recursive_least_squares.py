"""An autoregression that learns as it goes: recursive least squares with forgetting.

L. Ljung and T. Soderstrom (1983), Theory and Practice of Recursive Identification; S. Haykin, Adaptive
Filter Theory, chapter 10. Values and errors are clipped, so that one outlier does not teach it nonsense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORGETTING = 0.9995
_SCALE = 0.001
_LARGEST_VALUE = 8.0
_LARGEST_ERROR = 3.0
_UNSCALED = 20
_LEAST_SURE = 1e6
"""Variance of a weight beyond which nothing is forgotten: a series that stands still teaches nothing new."""


@compiled
def _learn(
    weights: NDArray[np.float64],
    covariance: NDArray[np.float64],
    inputs: NDArray[np.float64],
    gain: NDArray[np.float64],
    error: float,
) -> None:
    """Change weights and covariance, in place, by the error that ``inputs`` led to; ``gain`` is scratch."""
    count = len(weights)
    power, unsure = _FORGETTING, 0.0
    for i in range(count):
        gain[i] = 0.0
        for j in range(count):
            gain[i] += covariance[i, j] * inputs[j]
        power += gain[i] * inputs[i]
    if power < _FORGETTING:  # rounding has made nonsense of the covariance: it begins anew
        for i in range(count):
            for j in range(count):
                covariance[i, j] = 1.0 if i == j else 0.0
        return
    for i in range(count):
        weights[i] += gain[i] / power * error
        unsure = max(unsure, covariance[i, i])
    kept = _FORGETTING if unsure < _LEAST_SURE else 1.0
    for i in range(count):
        for j in range(count):
            covariance[i, j] = (covariance[i, j] - gain[i] / power * gain[j]) / kept


@compiled
def autoregression_errors(values: NDArray[np.float64], lags: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far each value lies from what the values ``lags`` steps before it let expect.

    In mean absolute deviations of the series of late. 0 until the longest lag is reached.
    """
    count, longest = len(lags) + 1, lags.max()
    weights, inputs, gain = np.zeros(count), np.ones(count), np.zeros(count)
    covariance = np.eye(count)
    scaled, errors = np.zeros(len(values)), np.zeros(len(values))
    mean = values[0] if len(values) else 0.0
    spread = 0.0
    for t in range(len(values)):
        if t > _UNSCALED and spread > 0.0:
            scaled[t] = min(max((values[t] - mean) / spread, -_LARGEST_VALUE), _LARGEST_VALUE)
        share = max(_SCALE, 1.0 / (t + 1))
        mean += share * (values[t] - mean)
        spread += share * (abs(values[t] - mean) - spread)
        if t <= longest:
            continue
        error = scaled[t]
        for i in range(count):
            if i < count - 1:
                inputs[i] = scaled[t - lags[i]]
            error -= weights[i] * inputs[i]
        errors[t] = error
        _learn(weights, covariance, inputs, gain, min(max(error, -_LARGEST_ERROR), _LARGEST_ERROR))
    return errors
