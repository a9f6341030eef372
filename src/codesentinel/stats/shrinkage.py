"""Failure ratios of many procedures, each drawn towards all by as much as it has too few runs to know.

Rates come from one Beta distribution, counts from the rates (beta-binomial). Its mean and strength are
those that are most probable under a weak prior: plain maximum likelihood runs off to infinite strength where
most procedures have a handful of runs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MEAN_A, _MEAN_B = 1.0, 4.0
_STRENGTH_MIDDLE, _STRENGTH_SPREAD = math.log(20.0), 1.0
_LEAST_STEP = 1e-4


class Pool(NamedTuple):
    """The distribution of rates: its mean, and to how many runs it amounts."""

    mean: float
    strength: float

    def shrunken(self, failures: int, runs: int) -> float:
        """The expected rate of one that failed so often."""
        return (failures + self.mean * self.strength) / (runs + self.strength)


def pool(counts: Sequence[tuple[int, int]]) -> Pool:
    """The most probable pool of (failures, runs): mean ~ Beta(1, 4), log strength ~ N(log 20, 1)."""
    known = [(k, n) for k, n in counts if n > 0]

    def badness(place: tuple[float, float]) -> float:
        mean, strength = _sigmoid(place[0]), math.exp(place[1])
        a, b = mean * strength, (1 - mean) * strength
        found = _MEAN_A * math.log(mean) + _MEAN_B * math.log1p(-mean)  # on the scale of log-odds
        found -= 0.5 * ((place[1] - _STRENGTH_MIDDLE) / _STRENGTH_SPREAD) ** 2
        at = _log_beta(a, b)
        return -found - sum(_log_beta(a + k, b + n - k) - at for k, n in known)

    place = _lowest(badness, (math.log(0.2 / 0.8), _STRENGTH_MIDDLE))
    return Pool(_sigmoid(place[0]), math.exp(place[1]))


def _lowest(
    badness: Callable[[tuple[float, float]], float], start: tuple[float, float]
) -> tuple[float, float]:
    """Pattern search: a valley of two dimensions needs no library, and importing one takes longer."""
    here, value, step = start, badness(start), 1.0
    while step > _LEAST_STEP:
        around = [(here[0] + dx * step, here[1] + dy * step) for dx, dy in _COMPASS]
        around = [(min(max(x, -12.0), 12.0), min(max(y, -3.0), 12.0)) for x, y in around]
        best = min(around, key=badness)
        if badness(best) < value:
            here, value = best, badness(best)
        else:
            step /= 2
    return here


_COMPASS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
