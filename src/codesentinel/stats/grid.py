"""Samples at any times as values at equal steps, which most methods need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY_SECONDS = 86400.0
_MOST = 1_000_000
_FINEST_OF_A_DAY = 8
_USUAL_STEPS = (1, 2, 5, 10, 15, 30, *(60 * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)))


class Grid(NamedTuple):
    """``values[i]`` stands for ``start + i * step`` (epoch seconds); NaN where nothing was seen."""

    start: float
    step: float
    values: NDArray[np.float64]

    @property
    def end(self) -> float:
        """Of the last value."""
        return self.start + self.step * (len(self.values) - 1)

    @property
    def day(self) -> int:
        """Steps of a day; 0 where that is not a whole number of at least eight."""
        steps = DAY_SECONDS / self.step
        return int(steps) if steps >= _FINEST_OF_A_DAY and steps == int(steps) else 0


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
    return Grid(float(times.max() - back.max() * step), step, means_by_step(place, values))


def even_steps(times: NDArray[np.float64], values: NDArray[np.float64], most: int) -> Grid:
    """At most ``most`` steps of a usual length, none shorter than samples usually are apart.

    Raises:
        ValueError: fewer than two samples are finite, or all are of one moment.
    """
    known = np.unique(times[np.isfinite(values) & np.isfinite(times)])
    if len(known) < 2:
        raise ValueError("fewer than two moments have a value")
    least = max(float(known[-1] - known[0]) / (most - 1), float(np.median(np.diff(known))) * 0.999)
    days = DAY_SECONDS * float(np.ceil(least / DAY_SECONDS))
    return gridded(times, values, next((float(step) for step in _USUAL_STEPS if step >= least), days))


def means_by_step(place: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the values that have each place, NaN where none has; that of equal values is their value.

    Whatever is a number has a mean that is one: sums are made of what is scaled by a power of two.
    """
    exponent = np.frexp(np.abs(values).max(initial=0.0))[1]
    scaled = np.ldexp(values, -exponent)
    level = scaled[0] if len(scaled) else 0.0
    count = np.bincount(place)
    mean = np.full(len(count), np.nan)
    np.divide(np.bincount(place, scaled - level), count, out=mean, where=count > 0)
    found: NDArray[np.float64] = np.ldexp(mean + level, exponent)
    return found


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
