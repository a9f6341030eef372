"""The slope of a few noisy points that one outlier cannot turn: Theil (1950) and Sen (1968).

For a few dozen points; ``codesentinel.stats.regression`` serves thousands, with intervals, and needs scipy.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def theil_sen(times: Sequence[float], values: Sequence[float]) -> float:
    """The median of the slopes through all pairs, in values per unit of time; 0.0 for fewer than two.

    Takes time and memory of the square of the number of points.
    """
    slopes = [
        (later_value - value) / (later - time)
        for index, (time, value) in enumerate(zip(times, values, strict=True))
        for later, later_value in zip(times[index + 1 :], values[index + 1 :], strict=True)
        if later != time
    ]
    return median(slopes) if slopes else 0.0


def median(values: Sequence[float]) -> float:
    """The middle value; the mean of the two middle ones where their number is even.

    Raises:
        IndexError: there is none.
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def robust_z(value: float, values: Sequence[float], *, least_spread: float) -> float:
    """How many standard deviations ``value`` lies from the median, by the median absolute deviation.

    The deviation is scaled by 1.4826 to that of a normal distribution (Iglewicz and Hoaglin, 1993), and
    taken as ``least_spread`` where the values hardly differ.
    """
    middle = median(values)
    spread = 1.4826 * median([abs(one - middle) for one in values])
    return (value - middle) / max(spread, least_spread)
