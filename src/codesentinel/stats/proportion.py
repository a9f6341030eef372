"""The interval of a proportion."""

from __future__ import annotations

from statistics import NormalDist

from codesentinel.model.interval import Interval

LEVEL = 0.95


def proportion(hits: int, trials: int, level: float = LEVEL) -> Interval | None:
    """A ratio in 0..1 with Wilson's score interval; None without a trial.

    Assumes that trials are independent and alike. Wilson (1927), "Probable inference, the law of
    succession, and statistical inference", JASA 22: its coverage stays near the level where hits are few.

    Raises:
        ValueError: more hits than trials, or fewer than none.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials}")
    if not trials:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    ratio, spread = hits / trials, z * z / trials
    middle = (ratio + spread / 2) / (1 + spread)
    half = z * (ratio * (1 - ratio) / trials + spread / trials / 4) ** 0.5 / (1 + spread)
    lower = 0.0 if hits == 0 else middle - half
    return Interval(ratio, max(lower, 0.0), 1.0 if hits == trials else min(middle + half, 1.0))
