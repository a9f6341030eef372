"""The interval of a median."""

from __future__ import annotations

from statistics import NormalDist, median
from typing import TYPE_CHECKING

from codesentinel.model.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVEL = 0.95
_LARGE = 1000


def median_interval(values: Iterable[float], level: float = LEVEL) -> Interval | None:
    """The median with bounds that are themselves values of the sample; None without a value.

    Assumes independent values of one distribution, of any shape: the number below the true median is
    binomial with 1/2. David and Nagaraja (2003), "Order Statistics", section 7.1. Six values are needed
    for bounds at 95 %.
    """
    ordered = sorted(values)
    count = len(ordered)
    if not count:
        return None
    rank = _rank(count, (1 - level) / 2)
    if rank is None:
        return Interval(median(ordered), None, None)
    return Interval(median(ordered), ordered[rank], ordered[count - 1 - rank])


def _rank(count: int, tail: float) -> int | None:
    """The highest index, from 0, whose value lies above the true median with at most this probability."""
    if count > _LARGE:  # de Moivre and Laplace
        return int((count - 1 - NormalDist().inv_cdf(1 - tail) * count**0.5) / 2)
    ways, weight, found = 1, 0, None
    for index in range(count // 2):
        weight += ways
        if weight / 2**count > tail:
            break
        found = index
        ways = ways * (count - index) // (index + 1)
    return found
