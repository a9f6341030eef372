"""Ranks as quantiles of the normal distribution: what one spike weighs is bounded, and order is kept.

Van der Waerden (1952); the fraction is Blom's (1958), (rank - 3/8) / (n + 1/4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from codesentinel.stats.ranks import average_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray


def normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of each value, equal values alike; NaN stays NaN."""
    scores = np.full(len(values), np.nan)
    known = np.isfinite(values)
    if not known.any():
        return scores
    scores[known] = ndtri((average_ranks(values[known]) - 0.375) / (known.sum() + 0.25))
    return scores
