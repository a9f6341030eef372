"""How much more two arms' counts scatter against each other than chance alone would make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.stats.rate_ratio import Counts

    Array = NDArray[np.float64]

_PRIOR_BLOCKS = 4.0


def dispersion(counts: Counts, noise: float) -> Array:
    """The variance of the first arm's share of the events, as a multiple of the binomial's, up to each block.

    Pearson's statistic about the common ratio of the rates at which it is smallest, so that neither a
    difference between the arms nor what moves both counts as scatter (McCullagh and Nelder 1989, section
    4.5). It begins with what an arm's rate is expected to move by itself from block to block, as its
    coefficient of variation ``noise``, which weighs as much as four blocks. Never below 1. The order of the
    blocks does not matter.
    """
    odds = counts.odds[:, None]
    both = counts.x + counts.y
    says = np.isfinite(odds) & (both > 0)
    odds, events = np.where(says, odds, 1.0), np.where(says, both, 1.0)
    x, y = (np.where(says, one, 0.0) for one in (counts.x, counts.y))
    first, cross, second = (
        np.cumsum(term, axis=0) for term in (x * x / (odds * events), x * y / events, odds * y * y / events)
    )
    pearson = np.maximum(2.0 * (np.sqrt(first * second) - cross), 0.0)
    blocks = np.cumsum(says, axis=0)
    spread = np.cumsum(np.where(says, both * odds / (1.0 + odds) ** 2, 0.0), axis=0)
    expected = 1.0 + 2.0 * noise * noise * spread / np.maximum(blocks, 1)
    free = np.maximum(blocks - 1, 0)
    factor: Array = np.maximum((_PRIOR_BLOCKS * expected + pearson) / (_PRIOR_BLOCKS + free), 1.0)
    return factor
