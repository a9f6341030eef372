"""Staleness markers: the one NaN by which Prometheus says that a series ended here.

An ordinary NaN is a value (0/0, say); a gap is where nothing was written; a marker is neither. The three
are told apart by the bits of the marker, which survive in float64 arrays as long as nothing is computed
from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.series import STALE_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_stale(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where ``values`` are staleness markers; ordinary NaN are not."""
    stale: NDArray[np.bool_] = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64) == STALE_BITS
    return stale


def stale_at(values: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A copy of ``values`` with markers at ``where``."""
    marked = np.array(values, dtype=np.float64)
    marked.view(np.uint64)[where] = STALE_BITS
    return marked


def without_stale(
    times: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The samples that are values: what analyses compute from."""
    stale = is_stale(values)
    return (times[~stale], values[~stale]) if stale.any() else (times, values)
