"""Samples at any times as one value for each of a few hundred equal steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAY_SECONDS = 86400.0
_STEPS = (1, 2, 5, 10, 15, 30, *(60 * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)))
_FINEST_OF_A_DAY = 8


class EvenSteps(NamedTuple):
    """``values[i]`` is the mean of what was sampled in step i, NaN where nothing was.

    The last step ends at ``end`` (epoch seconds). ``day`` is the number of steps of a day, 0 where that
    is not a whole number of at least eight.
    """

    values: Floats
    step_seconds: float
    end: float

    @property
    def day(self) -> int:
        """Steps of a day, or 0."""
        steps = DAY_SECONDS / self.step_seconds
        return int(steps) if steps >= _FINEST_OF_A_DAY and steps == int(steps) else 0


def even_steps(times: Floats, values: Floats, most: int) -> EvenSteps:
    """At most ``most`` steps, none shorter than samples usually are apart.

    Samples that are not finite are left out.

    Raises:
        ValueError: fewer than two samples are finite, or all are of one moment.
    """
    good = np.isfinite(values) & np.isfinite(times)
    times, values = times[good], values[good]
    span = float(np.ptp(times)) if len(times) else 0.0
    if span <= 0:
        raise ValueError("fewer than two moments have a value")
    apart = float(np.median(np.diff(np.unique(times))))
    least = max(span / (most - 1), apart * 0.999)
    step = next((float(s) for s in _STEPS if s >= least), DAY_SECONDS * np.ceil(least / DAY_SECONDS))
    end = float(times[-1])
    place = np.floor((end - times) / step + 1e-9).astype(np.int64)
    count = int(place.max()) + 1
    sums = np.bincount(place, weights=values - values[-1], minlength=count)
    seen = np.bincount(place, minlength=count)
    means = np.full(count, np.nan)
    np.divide(sums, seen, out=means, where=seen > 0)
    return EvenSteps((means + values[-1])[::-1].copy(), float(step), end)


def without_gaps(values: Floats) -> Floats:
    """The same with a straight line through each gap."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    at = np.arange(len(values))
    return np.interp(at, at[~missing], values[~missing])
