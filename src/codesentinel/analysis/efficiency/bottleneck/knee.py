"""How much load a service can take: where more of it only makes requests wait.

By Gunther's universal scalability law (2007, "Guerrilla Capacity Planning") the time of a request is ``a +
b N + c N^2``, N requests being in it at once: b is what they wait for one another, c what they disturb one
another. Throughput N / (a + b N + c N^2) then has its top at ``1 / (b + 2 sqrt(a c))``.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.bottleneck import Knee
from codesentinel.model.interval import Interval
from codesentinel.stats.lagged_rank import LEVELS, lagged_ranks

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BINS = 30
_FEWEST = 40
_DRAWS = 200
_LINE, _BEND = 2, 3
"""How many of a, b and c are fitted; the interval is of both, for either may be the truth."""
_CHOICES = {
    width: [list(of) for size in range(1, width + 1) for of in itertools.combinations(range(width), size)]
    for width in (_LINE, _BEND)
}
_SLOWER = 1.3
"""Requests at the highest load take so many times as long as at the lowest, or there is no knee to see."""
_NEAR = 0.5
"""The highest load seen must be so near to the capacity that is told of."""


def knee(load: Floats, latency: Floats, chance: Generator, *, disturbed: str = "") -> Knee:
    """The capacity, with an interval of 95 % from blocks of moments drawn again.

    ``disturbed`` names a cause other than load that ruled the latency; then nothing can be said.
    """
    known = np.isfinite(load) & np.isfinite(latency) & (load > 0)
    load, latency = load[known], latency[known]
    if len(load) < _FEWEST:
        return Knee("not judged", f"{len(load)} moments are too few")
    highest = float(np.quantile(load, 0.98))
    if disturbed:
        return Knee("not judged", f"{disturbed} ruled the latency, not load", highest)
    bins = _binned(load, latency)
    order = np.argsort(bins[0])
    low, high = float(np.median(bins[1][order[:3]])), float(np.median(bins[1][order[-3:]]))
    with_load = [one for one in lagged_ranks(load, latency, [0, 1]) if one.of == LEVELS]
    rises = any(one.coefficient > 0 and one.p_value < 0.01 for one in with_load)
    if not rises or high < _SLOWER * low:
        return Knee(
            "not seen",
            f"load never came near: at {highest:.3g} requests/s they take {high / low:.2g} times as long",
            highest,
        )
    capacity = _capacity(*bins)
    block = max(int(len(load) ** 0.5), 3)
    drawn = [
        _top(*_binned(load[at], latency[at]), width)
        for at in _blocks(len(load), block, chance)
        for width in (_LINE, _BEND)
    ]
    lower, upper = (float(np.quantile(drawn, share)) for share in (0.025, 0.975))
    if not highest >= _NEAR * capacity:
        return Knee("not seen", f"load never came near: at most {highest:.3g} requests/s", highest)
    top = upper if math.isfinite(upper) else None
    return Knee(
        "seen",
        f"at {highest:.3g} requests/s they take {high / low:.2g} times as long as at few",
        highest,
        Interval(capacity, max(lower, 0.0), top),
    )


def _binned(load: Floats, latency: Floats) -> tuple[Floats, Floats]:
    """Means over equal shares of the moments in the order of load, so that noise cannot make a slope."""
    order = np.argsort(load, kind="stable")
    parts = np.array_split(order, min(_BINS, len(load) // 4))
    return np.array([load[at].mean() for at in parts]), np.array([latency[at].mean() for at in parts])


def _capacity(load: Floats, latency: Floats) -> float:
    """With c where that is worth a parameter more, by Schwarz' criterion; else c is zero."""
    costs = []
    for width in (_LINE, _BEND):
        _, left = _fit(load, latency, width)
        costs.append(len(load) * math.log(max(left, 1e-300) / len(load)) + width * math.log(len(load)))
    return _top(load, latency, _BEND if costs[1] < costs[0] else _LINE)


def _top(load: Floats, latency: Floats, width: int) -> float:
    (a, b, c), _ = _fit(load, latency, width)
    rest = b + 2 * math.sqrt(a * c)
    return 1 / rest if rest > 0 else math.inf


def _fit(load: Floats, latency: Floats, width: int) -> tuple[Floats, float]:
    """a, b and c, none below zero, and the sum of squares of the relative errors."""
    inside = load * latency
    columns = np.column_stack([np.ones(len(load)), inside, inside * inside]) / latency[:, None]
    best, least = np.zeros(_BEND), math.inf
    for chosen in _CHOICES[width]:  # so few that trying them all is the exact answer
        found, *_ = np.linalg.lstsq(columns[:, chosen], np.ones(len(load)))
        left = float(((1 - columns[:, chosen] @ found) ** 2).sum())
        if left < least and (found >= 0).all():
            best, least = np.zeros(_BEND), left
            best[chosen] = found
    return best, least


def _blocks(n: int, block: int, chance: Generator) -> NDArray[np.int64]:
    starts = chance.integers(0, n - block + 1, (_DRAWS, -(-n // block)))
    picked: NDArray[np.int64] = (starts[:, :, None] + np.arange(block)).reshape(_DRAWS, -1)[:, :n]
    return picked
