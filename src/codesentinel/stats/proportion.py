"""The interval of a proportion."""

from __future__ import annotations

from math import comb
from statistics import NormalDist
from typing import TYPE_CHECKING

from codesentinel.model.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

LEVEL = 0.95


def proportion(hits: int, trials: int, level: float = LEVEL) -> Interval | None:
    """A ratio in 0..1 with Wilson's score interval; None without a trial.

    Assumes that trials are independent and alike. Wilson (1927), "Probable inference, the law of
    succession, and statistical inference", JASA 22: its coverage stays near the level where hits are few.

    Raises:
        ValueError: more hits than trials, or fewer than none.
    """
    if not _was_tried(hits, trials):
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    ratio, spread = hits / trials, z * z / trials
    middle = (ratio + spread / 2) / (1 + spread)
    half = z * (ratio * (1 - ratio) / trials + spread / trials / 4) ** 0.5 / (1 + spread)
    lower = 0.0 if hits == 0 else middle - half
    return Interval(ratio, max(lower, 0.0), 1.0 if hits == trials else min(middle + half, 1.0))


def exact_proportion(hits: int, trials: int, level: float = LEVEL) -> Interval | None:
    """The same with the exact interval of Clopper and Pearson (1934), Biometrika 26; None without a trial.

    It covers the ratio at least as often as ``level`` says, whatever the ratio: for claims on safety. Found
    by bisection to 1e-9; meant for some thousands of trials.

    Raises:
        ValueError: more hits than trials, or fewer than none.
    """
    if not _was_tried(hits, trials):
        return None
    tail = (1 - level) / 2
    lower = 0.0 if not hits else _bisected(lambda p: 1 - _at_most(hits - 1, trials, p) < tail)
    upper = 1.0 if hits == trials else _bisected(lambda p: _at_most(hits, trials, p) > tail)
    return Interval(hits / trials, lower, upper)


def _was_tried(hits: int, trials: int) -> bool:
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials}")
    return trials > 0


def _at_most(hits: int, trials: int, ratio: float) -> float:
    """The probability of so many hits or fewer."""
    return sum(comb(trials, k) * ratio**k * (1 - ratio) ** (trials - k) for k in range(hits + 1))


def _bisected(is_below: Callable[[float], bool]) -> float:
    """Where a condition that holds near 0 ends to hold."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2
