"""The one place at which a series is best cut in two: its usual values and its higher ones.

Otsu (1979), IEEE Trans. Syst. Man Cybern. 9, 62-66: the cut with the most variance between the groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def upper_group(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values are in the higher group; none where nothing varies. NaN is in neither."""
    known = np.isfinite(values)
    ordered = np.sort(values[known])
    n = len(ordered)
    if n < 2 or ordered[0] == ordered[-1]:
        return np.zeros(len(values), dtype=np.bool_)
    low = np.arange(1, n)
    sums = np.cumsum(ordered)[:-1]
    means = sums / low
    others = (ordered.sum() - sums) / (n - low)
    between = low * (n - low) * (others - means) ** 2
    between[ordered[1:] == ordered[:-1]] = -1.0  # equals stay together
    threshold = ordered[int(np.argmax(between)) + 1]
    found: NDArray[np.bool_] = known & (values >= threshold)
    return found
