"""Exponentially weighted means: what a series was of late, and how far a short memory strays from a long one.

S. W. Roberts (1959), Control chart tests based on geometric moving averages, Technometrics 1(3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def ewma(values: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """The mean up to each value and with it; a plain mean until ``1 / alpha`` values were seen."""
    means = np.empty(len(values))
    mean = 0.0
    for t in range(len(values)):
        mean += max(alpha, 1.0 / (t + 1)) * (values[t] - mean)
        means[t] = mean
    return means


@compiled
def strayed(values: NDArray[np.float64], fast: float, slow: float) -> NDArray[np.float64]:
    """The distance of the mean of the last ``1 / fast`` values from that of the ``1 / slow`` before."""
    distance = np.empty(len(values))
    near = far = values[0] if len(values) else 0.0
    for t in range(len(values)):
        near += max(fast, 1.0 / (t + 1)) * (values[t] - near)
        distance[t] = abs(near - far)
        far += max(slow, 1.0 / (t + 1)) * (values[t] - far)
    return distance


@compiled
def in_usual_amounts(values: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Each value as its distance from the mean in mean absolute deviations, on the asinh scale.

    Near the mean the scale is linear, far off logarithmic: bursts of a spiky series are told apart by their
    order of magnitude (J. B. Burbidge, L. Magee, A. L. Robb, 1988, JASA 83).
    """
    scaled = np.empty(len(values))
    mean = values[0] if len(values) else 0.0
    spread = 0.0
    for t in range(len(values)):
        share = max(alpha, 1.0 / (t + 1))
        mean += share * (values[t] - mean)
        distance = values[t] - mean
        spread += share * (abs(distance) - spread)
        scaled[t] = np.arcsinh(distance / spread) if spread > 0.0 else 0.0
    return scaled
