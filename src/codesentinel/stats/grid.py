"""Samples at any times as values at equal steps, which most methods need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 1_000_000


class Grid(NamedTuple):
    """``values[i]`` stands for ``start + i * step`` (epoch seconds); NaN where nothing was seen."""

    start: float
    step: float
    values: NDArray[np.float64]


def gridded(times: NDArray[np.float64], values: NDArray[np.float64], step: float) -> Grid:
    """The mean of the samples nearest to each step, in whatever order and however often they come.

    What is not finite is left out. The last sample stands exactly on a step, for forecasts begin there.

    Raises:
        ValueError: no sample is finite, the step is none, or there would be a million steps or more.
    """
    good = np.isfinite(values) & np.isfinite(times)
    times, values = times[good], values[good]
    if not len(times) or not step > 0:
        raise ValueError("no sample, or no step")
    back = np.rint((times.max() - times) / step)
    if back.max() >= _MOST:
        raise ValueError(f"the span has more than {_MOST:,} steps of {step:g} s")
    place = (back.max() - back).astype(np.intp)
    count = np.bincount(place)
    total = np.bincount(place, values)
    mean = np.full(len(count), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return Grid(float(times.max() - back.max() * step), step, mean)


def filled(values: NDArray[np.float64], season: int = 0) -> NDArray[np.float64]:
    """Values without NaN: from one season before, or after, where there is one, else by a straight line."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    found = values.copy()
    if season:
        for at in np.flatnonzero(missing):
            if at >= season:
                found[at] = found[at - season]
        for at in np.flatnonzero(np.isnan(found))[::-1]:
            if at + season < len(found):
                found[at] = found[at + season]
    left = np.isnan(found)
    known = np.flatnonzero(~left)
    found[left] = np.interp(np.flatnonzero(left), known, found[known])
    return found
