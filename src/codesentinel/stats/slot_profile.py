"""What is usual at this time of day: one exponentially weighted mean for each slot of a season.

An exponentially smoothed seasonal index without a trend (C. C. Holt, 1957; P. R. Winters, 1960, Management
Science 6(3)). A slot median of whole history is sturdier, but would look ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVEL = 0.001


@compiled
def slot_predictions(
    values: NDArray[np.float64], slots: NDArray[np.int64], count: int, alpha: float
) -> NDArray[np.float64]:
    """For each value what its slot (0 to ``count`` - 1) had before it; the level where it had nothing yet.

    A slot's mean remembers ``1 / alpha`` of its own values.
    """
    predicted = np.empty(len(values))
    profile, seen = np.zeros(count), np.zeros(count)
    level = values[0] if len(values) else 0.0
    for t in range(len(values)):
        slot = slots[t]
        predicted[t] = profile[slot] if seen[slot] > 0 else level
        seen[slot] += 1
        profile[slot] += max(alpha, 1.0 / seen[slot]) * (values[t] - profile[slot])
        level += max(_LEVEL, 1.0 / (t + 1)) * (values[t] - level)
    return predicted
