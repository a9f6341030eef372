"""Where a series has no samples, and whether it said goodbye.

A gap that a staleness marker opens is an end: the target or the series went away and came back. One without
a marker is missing data: nobody looked, or what was seen was lost. NaN is a value and makes no gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from codesentinel.stats.staleness import is_stale, without_stale

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1.5
"""Steps between two samples beyond which one is missing."""


class Gap(NamedTuple):
    """From the last sample before, or the marker, to the first sample after (epoch seconds)."""

    start: float
    end: float
    kind: Literal["ended", "missing"]


def cadence(times: NDArray[np.float64]) -> float:
    """The usual distance of two samples in seconds, their median; NaN for fewer than two."""
    return float(np.median(np.diff(times))) if len(times) > 1 else float("nan")


def gaps(
    times: NDArray[np.float64], values: NDArray[np.float64], step_seconds: float | None = None
) -> list[Gap]:
    """The gaps between the first value and the last, in the order of time.

    Args:
        times: epoch seconds, rising.
        values: staleness markers among them where the series ended.
        step_seconds: how often there should be a sample; by default :func:`cadence` of the values.
    """
    stale = is_stale(values)
    seen, _ = without_stale(times, values)
    step = cadence(seen) if step_seconds is None else step_seconds
    found = [
        Gap(float(seen[i]), float(seen[i + 1]), "missing")
        for i in np.flatnonzero(np.diff(seen) > TOLERANCE * step)
    ]
    if not stale.any():
        return found
    ends = _ends(times, stale)
    unmarked = [gap for gap in found if not any(gap.start < end.start < gap.end for end in ends)]
    return sorted([*unmarked, *ends])


def _ends(times: NDArray[np.float64], stale: NDArray[np.bool_]) -> list[Gap]:
    """From each marker that follows a value to the next value, where there is one."""
    follows_value = stale & np.append(False, ~stale[:-1])
    values_at = np.flatnonzero(~stale)
    found = []
    for marker in np.flatnonzero(follows_value):
        after = np.searchsorted(values_at, marker)
        if after < len(values_at):
            found.append(Gap(float(times[marker]), float(times[values_at[after]]), "ended"))
    return found
