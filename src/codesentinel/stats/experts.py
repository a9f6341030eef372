"""Of several predictors the one that was best of late, chosen anew at each step.

Follow the leader with discounted losses: N. Cesa-Bianchi and G. Lugosi (2006), Prediction, Learning, and
Games, chapter 2.11; tracking the best expert goes back to M. Herbster and M. K. Warmuth (1998).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def followed(
    values: NDArray[np.float64], predictions: NDArray[np.float64], discount: float
) -> NDArray[np.float64]:
    """The prediction for each value of the expert with the least discounted absolute error before it.

    Args:
        values: of shape (n,).
        predictions: of shape (experts, n), each made before its value was known; at first the first is
            trusted.
        discount: the weight of the newest error.
    """
    chosen = np.empty(len(values))
    losses = np.zeros(len(predictions))
    for t in range(len(values)):
        best = 0
        for expert in range(1, len(predictions)):
            if losses[expert] < losses[best]:
                best = expert
        chosen[t] = predictions[best, t]
        for expert in range(len(predictions)):
            losses[expert] += discount * (abs(values[t] - predictions[expert, t]) - losses[expert])
    return chosen
