"""Where a series jumps, and what recurs every day in it: both are taken away to measure a slope."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_UNUSUAL = 7.0
"""Deviations of a step beyond which it is a jump: one in 10^11 of a normal distribution."""
_LASTING = 0.6
"""The share of a jump that must be left hours later; a spike leaves nothing."""
_AROUND = 6


class Jumps(NamedTuple):
    """``places`` are the indices of the first samples after each jump, ``sizes`` by how much it rose."""

    places: NDArray[np.int64]
    sizes: Floats


def find_jumps(values: Floats) -> Jumps:
    """Steps of a series without gaps that are far beyond its usual ones, and last.

    The usual step is measured by the median absolute deviation, which jumps do not move.
    """
    steps = np.diff(values)
    if len(steps) < 2 * _AROUND:
        return Jumps(np.zeros(0, np.int64), np.zeros(0))
    middle = float(np.median(steps))
    spread = 1.4826 * float(np.median(np.abs(steps - middle)))
    least = 1e-9 * float(np.abs(values).max())
    places, sizes = [], []
    for place in np.flatnonzero(np.abs(steps - middle) > max(_UNUSUAL * spread, least)) + 1:
        before = values[max(place - _AROUND, 0) : place]
        after = values[place : place + _AROUND]
        size = steps[place - 1] - middle
        if len(after) == 1 or (np.median(after) - np.median(before)) / size > _LASTING:
            places.append(place)
            sizes.append(size)
    return Jumps(np.array(places, dtype=np.int64), np.array(sizes, dtype=np.float64))


def without_jumps(values: Floats, jumps: Jumps) -> Floats:
    """The series laid flat: what was before each jump is lifted to what is after it."""
    lifted = np.zeros(len(values))
    for place, size in zip(jumps.places, jumps.sizes, strict=True):
        lifted[:place] += size
    return values + lifted


def daily_profile(values: Floats, period: int) -> Floats | None:
    """What recurs every ``period`` samples, (period,), around zero; None where it foretells nothing.

    The medians of each place in the period, around a moving mean over one period (a slot-median
    season). It is kept when the odd periods foretell the even ones and the other way round, by at least
    a twentieth of the variance.
    """
    whole = len(values) // period
    if whole < 4:
        return None
    moving = np.convolve(values, np.ones(period) / period, mode="valid")
    begin = period // 2
    flat = np.full(len(values), np.nan)
    flat[begin : begin + len(moving)] = values[begin : begin + len(moving)] - moving
    table = flat[len(values) - whole * period :].reshape(whole, period)
    table = table[1:-1]
    odd, even = np.median(table[::2], axis=0), np.median(table[1::2], axis=0)
    plain = np.abs(table).sum()
    foretold = np.abs(table[::2] - even).sum() + np.abs(table[1::2] - odd).sum()
    if not foretold < 0.95 * plain:
        return None
    profile: Floats = np.median(table, axis=0)
    profile -= profile.mean()
    return profile
