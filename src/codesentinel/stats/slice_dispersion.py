"""How much more a share scatters from stretch to stretch than that of independent samples would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PRIOR = 40.0
"""How many stretches what is expected is worth: a function that was seldom seen tells little of itself."""


def slice_dispersion(
    hits: Sequence[Sequence[int]], trials: Sequence[Sequence[int]], expected: float = 1.0
) -> float:
    """The variance of the share in units of the binomial's, never below 1; each recording about its own.

    Consecutive samples see the same call when it lasts longer than the time between them, and then the share
    scatters more between stretches than by chance: that is what is measured (Pearson's statistic over its
    degrees of freedom; McCullagh and Nelder 1989, section 4.5). Stretches as long as the slowest rhythm of
    the program see less of it, so it is a lower bound for programs that change over minutes.
    ``expected`` is by how much functions of the program scatter on the whole.
    """
    statistic, free = 0.0, 0
    for some, of in zip(hits, trials, strict=True):
        whole = sum(of)
        share = sum(some) / whole if whole else 0.0
        if not 0 < share < 1:
            continue
        filled = [(k, n) for k, n in zip(some, of, strict=True) if n]
        statistic += sum((k - n * share) ** 2 / (n * share * (1 - share)) for k, n in filled)
        free += len(filled) - 1
    return max((_PRIOR * expected + statistic) / (_PRIOR + free), 1.0) if free > 0 else expected
