"""Whether a series can be judged, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.anomalies.streams import WARM_UP

if TYPE_CHECKING:
    from numpy.typing import NDArray


def usable(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where there is a number of which a mean can be made; what is missing or infinite is stepped over."""
    ok: NDArray[np.bool_] = np.abs(values) < _LARGEST
    return ok


_LARGEST = 1e150
"""Beyond it squares overflow, and no metric lies there."""


def why_not(values: NDArray[np.float64], good: NDArray[np.bool_]) -> str:
    """The end of "could not judge it, because ...", or nothing."""
    count = int(good.sum())
    if not len(values):
        return "it has no samples"
    if not count:
        return f"none of its {len(values)} samples is a number"
    if count <= WARM_UP:
        told = f"{count} samples are numbers" if count < len(values) else f"it has {count} samples"
        return f"{told}, and {WARM_UP + 1} are needed: the first {WARM_UP} teach what is usual"
    kept = values[good]
    if np.all(kept == kept[0]):
        return f"it never changed: {count} times {kept[0]:.6g}"
    return ""
