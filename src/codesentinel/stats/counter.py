"""What a counter counted, and nothing that it did not: no extrapolation, resets told, gaps told.

``increase()`` in PromQL stretches what it saw to the whole window, so that a counter of 3 may increase by
2.7 or 3.2. Here the total is what lies between the first sample and the last. At a reset the counter began
anew at 0; what it counted between its last sample and its end is not known by anybody, so a total with
resets in it is a lower bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.gaps import gaps

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Increase(NamedTuple):
    """``total`` was counted in ``seconds``, from the first sample to the last."""

    total: float
    seconds: float
    resets: int

    @property
    def is_lower_bound(self) -> bool:
        """Whether something may have been counted that nobody saw."""
        return self.resets > 0

    @property
    def per_second(self) -> float:
        """The mean rate; NaN where fewer than two samples were seen."""
        return self.total / self.seconds if self.seconds > 0 else float("nan")


def resets(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where in ``values`` a counter has fallen; NaN and staleness markers are stepped over."""
    known = np.flatnonzero(~np.isnan(values))
    return known[1:][np.diff(values[known]) < 0]


def increase(times: NDArray[np.float64], values: NDArray[np.float64]) -> Increase:
    """What the counter counted from its first sample to its last (``times`` in seconds, rising)."""
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    if len(values) < 2:
        return Increase(0.0, 0.0, 0)
    steps, fell = _steps(values)
    return Increase(float(steps.sum()), float(times[-1] - times[0]), int(fell.sum()))


def rates(
    times: NDArray[np.float64], values: NDArray[np.float64], step_seconds: float | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rate per second in each interval, at the time of its end.

    It is NaN where it cannot be known: where the counter fell, and where the series had ended in between. In
    an interval with missing samples it is the mean, which is known.

    Args:
        times: epoch seconds, rising.
        values: of the counter, with the staleness markers that it has.
        step_seconds: how often there should be a sample; by default their median distance.
    """
    known = ~np.isnan(values)
    seen, counted = times[known], values[known]
    if len(counted) < 2:
        return seen[:0], counted[:0]
    steps, fell = _steps(counted)
    rate = np.where(fell, np.nan, steps / np.diff(seen))
    for gap in gaps(times, values, step_seconds):
        if gap.kind == "ended":
            rate[np.searchsorted(seen, gap.end) - 1] = np.nan
    return seen[1:], rate


def rates_at(times: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """At each sample the rate since the one before; NaN at the first, and where it cannot be known.

    A time that comes again has no rate of its own.
    """
    found = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    distinct = np.append(True, np.diff(times[known]) > 0)[: len(known)]
    known = known[distinct]
    found[known[1:]] = rates(times[known], values[known])[1]
    return found


def _steps(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What was added from each sample to the next, and where the counter began anew."""
    added = np.diff(values)
    fell: NDArray[np.bool_] = added < 0
    return np.where(fell, values[1:], added), fell
