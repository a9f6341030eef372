"""What counters counted in each of a row of ticks, as whole as it was scraped.

An increase belongs to the tick in which it was seen. Nothing is stretched or divided, so counts of requests
stay whole numbers, and those of numerator and denominator, scraped together, fit together. After a reset
the counter began at 0. A series that appears while others of its instance were there before began at 0,
too: the first error is an error. A series of an instance that was not seen before has counted nobody knows
since when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

_GONE_AFTER = 2.5  # scrapes without a sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from codesentinel.model.series import Series


def increases(
    series: Sequence[Series], edges: NDArray[np.float64], since: Mapping[str, float], instance: str
) -> dict[str, list[tuple[Mapping[str, str], NDArray[np.float64]]]]:
    """By instance: the labels of each series, and its increase in each tick; NaN where it did not exist.

    Args:
        series: with samples from before the first edge, where there are any.
        edges: of the ticks (epoch seconds).
        since: when each instance was first seen, by any series of it.
        instance: the label that tells instances apart.
    """
    found: dict[str, list[tuple[Mapping[str, str], NDArray[np.float64]]]] = {}
    for one in series:
        name = one.labels.get(instance, "")
        known = np.isfinite(one.values)
        times, values = one.times[known], one.values[known]
        if len(times):
            born = times[0] > since.get(name, np.inf)
            found.setdefault(name, []).append((one.labels, _in_ticks(times, values, edges, born=born)))
    return found


def first_seen(series: Sequence[Series], instance: str) -> dict[str, float]:
    """When each instance was first seen (epoch seconds)."""
    since: dict[str, float] = {}
    for one in series:
        times = one.times[np.isfinite(one.values)]
        if len(times):
            name = one.labels.get(instance, "")
            since[name] = min(since.get(name, np.inf), float(times[0]))
    return since


def _in_ticks(
    times: NDArray[np.float64], values: NDArray[np.float64], edges: NDArray[np.float64], *, born: bool
) -> NDArray[np.float64]:
    """The increase in each tick, ``(start, end]``; NaN before the first sample, and long after the last."""
    steps = np.diff(values, prepend=0.0 if born else values[0])
    steps = np.where(steps < 0, values, steps)
    place = np.searchsorted(edges, times, side="left") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    every = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    counted = np.zeros(len(edges) - 1)
    counted[(edges[1:] < times[0]) | (edges[:-1] > times[-1] + _GONE_AFTER * every)] = np.nan
    np.add.at(counted, place[inside], steps[inside])
    return counted
