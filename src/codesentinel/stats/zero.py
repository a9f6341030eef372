"""Where a function crosses zero, found with just the accuracy of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_EPSILON = 2.0**-52
_MOST = 1000


def zero(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Brent's method (1973, "Algorithms for minimization without derivatives", chapter 4) between two signs.

    It stops as soon as the zero is known to ``tolerance``, wherever it stands then: programs whose results
    are to be reproduced do so. For an accurate zero take scipy's.
    """
    a, b = low, high
    at_a, at_b = function(a), function(b)
    c, at_c = a, at_a
    if at_a == 0:
        return a
    for _ in range(_MOST):
        previous = b - a
        if abs(at_c) < abs(at_b):  # b is the best guess, and c lies on the other side
            a, b, c = b, c, b
            at_a, at_b, at_c = at_b, at_c, at_b
        enough = 2 * _EPSILON * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= enough or at_b == 0:
            return b
        if abs(previous) >= enough and abs(at_a) > abs(at_b):
            step = _interpolated((a, b, c), (at_a, at_b, at_c), step, previous, enough)
        if abs(step) < enough:
            step = enough if step > 0 else -enough
        a, at_a = b, at_b
        b += step
        at_b = function(b)
        if (at_b > 0) == (at_c > 0):
            c, at_c = a, at_a
    return b


def _interpolated(
    places: tuple[float, float, float],
    values: tuple[float, float, float],
    halved: float,
    previous: float,
    enough: float,
) -> float:
    """A step by a line or by an inverse parabola; halving where that would leave the interval, or is slow."""
    a, b, c = places
    at_a, at_b, at_c = values
    width, ratio = c - b, at_b / at_a
    if a == c:
        above, below = width * ratio, 1.0 - ratio
    else:
        far, near = at_a / at_c, at_b / at_c
        above = ratio * (width * far * (far - near) - (b - a) * (near - 1.0))
        below = (far - 1.0) * (near - 1.0) * (ratio - 1.0)
    if above > 0:
        below = -below
    else:
        above = -above
    inside = above < 0.75 * width * below - abs(enough * below) / 2
    return above / below if inside and above < abs(previous * below / 2) else halved
