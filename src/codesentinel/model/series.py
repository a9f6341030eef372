"""Series: one metric over time, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

STALE_BITS = 0x7FF0_0000_0000_0002
"""The NaN, as 64 bits, by which Prometheus marks that a series ended (its ``value.StaleNaN``)."""

_COUNTERS = ("_total", "_count", "_sum", "_bucket")


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """``times`` are epoch seconds in rising order, ``values`` in base units; both of shape (n,), float64."""

    labels: Mapping[str, str]
    times: NDArray[np.float64]
    values: NDArray[np.float64]

    @property
    def is_counter(self) -> bool:
        """Whether its name is one that Prometheus' conventions give to what only grows."""
        return self.labels.get("__name__", "").endswith(_COUNTERS)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def span_seconds(self) -> float:
        """From the first sample to the last."""
        return float(self.times[-1] - self.times[0]) if len(self.times) else 0.0
