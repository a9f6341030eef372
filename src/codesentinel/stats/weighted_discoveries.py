"""False discoveries among tests of which some matter more, said before their p-values are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def adjusted(p_values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Each p-value adjusted so that those below a level hold no larger share of false ones than it.

    Benjamini and Hochberg (1995) on p over weight, weights scaled to a mean of 1 (Genovese, Roeder and
    Wasserman 2006, Biometrika 93): the level is kept where the weights know nothing of which side a
    difference lies on.

    Raises:
        ValueError: no weight is above 0, or one is below.
    """
    if not p_values:
        return []
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are positive")
    count = len(p_values)
    scaled = [
        p * whole / (count * weight) if weight > 0 else 1.0
        for p, weight in zip(p_values, weights, strict=True)
    ]
    found = [1.0] * count
    least = 1.0
    for rank, at in sorted(enumerate(sorted(range(count), key=scaled.__getitem__), 1), reverse=True):
        least = min(least, scaled[at] * count / rank)
        found[at] = least
    return found
