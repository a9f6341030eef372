"""P-values adjusted for how many were asked: of what is called at a level, that share is false at most.

Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; for p-values that are independent, or rise
together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def adjusted(
    p_values: Sequence[float], weights: Sequence[float] | None = None, *, asked: int | None = None
) -> list[float]:
    """One for each, in the same order, none above 1.

    Args:
        p_values: of the tests.
        weights: of tests of which some matter more, said before their p-values are known: each is taken over
            its weight, weights scaled to a mean of 1 (Genovese, Roeder and Wasserman 2006, Biometrika 93).
            The level is kept where the weights know nothing of which side a difference lies on.
        asked: how many tests there were, where those that told nothing have no p-value here.

    Raises:
        ValueError: no weight is above 0, or one is below.
    """
    count = len(p_values) if asked is None else asked
    scaled = list(p_values) if weights is None else _over(p_values, weights)
    found = [1.0] * len(scaled)
    least = 1.0
    for rank, at in sorted(enumerate(sorted(range(len(scaled)), key=scaled.__getitem__), 1), reverse=True):
        least = min(least, scaled[at] * count / rank)
        found[at] = least
    return found


def _over(p_values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Each over its weight, scaled to a mean of 1; what has none was not asked."""
    whole = sum(weights)
    if weights and (whole <= 0 or min(weights) < 0):
        raise ValueError("weights are positive")
    return [
        p * whole / (len(p_values) * weight) if weight > 0 else 1.0
        for p, weight in zip(p_values, weights, strict=True)
    ]
