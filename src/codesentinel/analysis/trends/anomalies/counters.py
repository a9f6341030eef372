"""A counter as what it counts per second, sample by sample."""

from __future__ import annotations

import numpy as np

from codesentinel.model.series import Series
from codesentinel.stats.counter import rates


def as_rate(series: Series) -> Series:
    """At each sample the rate since the one before; NaN at the first, and where it cannot be known."""
    values = np.full(len(series), np.nan)
    known = np.flatnonzero(~np.isnan(series.values))
    distinct = np.append(True, np.diff(series.times[known]) > 0)[: len(known)]
    known = known[distinct]
    values[known[1:]] = rates(series.times[known], series.values[known])[1]
    return Series(series.labels, series.times, values)
