"""P-values adjusted for how many were asked: of what is called at a level, that share is false at most.

Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; for p-values that are independent, or rise
together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def adjusted(p_values: Sequence[float]) -> NDArray[np.float64]:
    """One for each, in the same order, none smaller than it was and none above 1."""
    asked = np.asarray(p_values, dtype=np.float64)
    n = len(asked)
    order = np.argsort(asked)
    found = np.empty(n)
    found[order] = np.minimum.accumulate((asked[order] * n / np.arange(1, n + 1))[::-1])[::-1]
    return np.minimum(found, 1.0)
