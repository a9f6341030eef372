"""Whether a count split between two sides as chance would have it."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_EXACT_BELOW = 400.0


def split_p_value(
    first: float,
    second: float,
    others: tuple[float, float],
    dispersion: float = 1.0,
    freedom: float | None = None,
) -> float:
    """Two-sided p-value of ``second`` out of both, where ``others`` say in which ratio chance splits.

    Given how often a function was seen in both recordings together, it was seen ``second`` times in the later
    one by a binomial law (conditioning on the margin, as Fisher did). Small counts are judged by that law,
    its smaller tail doubled; large ones by the score test, in which the counts of the others are no constants
    either. ``dispersion`` is how much more the counts scatter than independent samples: so many times fewer
    are they worth; where it was estimated, with ``freedom`` degrees of freedom, the score is Student's t
    (made normal as by Wallace 1959).
    """
    x, y = first / dispersion, second / dispersion
    rest_x, rest_y = (one / dispersion for one in others)
    both, rest = x + y, rest_x + rest_y
    if both <= 0 or rest_x <= 0 or rest_y <= 0:
        return 1.0
    share = rest_y / rest
    if both < _EXACT_BELOW and rest > 20 * both:
        return _binomial(round(y), round(both), share)
    score = abs(split_score(first, second, others, dispersion))
    if freedom is not None:
        spread = math.sqrt(freedom * math.log1p(score * score / freedom))
        score = (8 * freedom + 1) / (8 * freedom + 3) * spread
    return 2 * _NORMAL.cdf(-score)


def split_score(first: float, second: float, others: tuple[float, float], dispersion: float = 1.0) -> float:
    """By how many standard errors ``second`` is more than chance would make it, negative for less."""
    x, y = first / dispersion, second / dispersion
    rest_x, rest_y = (one / dispersion for one in others)
    both, rest = x + y, rest_x + rest_y
    if both <= 0 or rest <= 0:
        return 0.0
    pooled = (y + rest_y) / (both + rest)  # of all samples, those that are in the later recording
    variance = both * rest / (both + rest) * pooled * (1 - pooled)
    return (y - both * pooled) / math.sqrt(variance) if variance > 0 else 0.0


def log_ratio(
    first: float, second: float, others: tuple[float, float], dispersion: float = 1.0
) -> tuple[float, float]:
    """Logarithm of how many times as often the second side has it, relative to others; its standard error.

    Half a count is added everywhere (Haldane 1956), so that a count of 0 has a ratio too.
    """
    cells = (first + 0.5, second + 0.5, others[0] + 0.5, others[1] + 0.5)
    ratio = math.log(cells[1] * cells[2] / (cells[0] * cells[3]))
    return ratio, math.sqrt(dispersion * sum(1 / cell for cell in cells))


def _binomial(hits: int, trials: int, share: float) -> float:
    upper = sum(_mass(k, trials, share) for k in range(hits, trials + 1))
    lower = sum(_mass(k, trials, share) for k in range(hits + 1))
    return min(2 * min(upper, lower), 1.0)


def _mass(k: int, n: int, share: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(choose + k * math.log(share) + (n - k) * math.log1p(-share))
