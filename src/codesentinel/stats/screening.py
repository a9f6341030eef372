"""Thousands of series at once: robust slopes, levels and how far each could come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 40
_UNUSUAL = 4.0


class Screened(NamedTuple):
    """Of each series, all of shape (series,), NaN where nothing was sampled.

    ``level`` is the mean of its last bin, ``slope`` its steepest robust slope a sample, ``highest`` its
    highest value of late, ``wander`` the standard deviation of its steps from bin to bin.
    """

    level: Floats
    slope: Floats
    highest: Floats
    wander: Floats
    bin_samples: int

    def reach(self, samples: int) -> Floats:
        """How high each may come within ``samples`` more, generously: what lies above is not reached."""
        bins = samples / self.bin_samples
        top = np.fmax(self.level, self.highest)
        reached: Floats = top + np.maximum(self.slope, 0) * samples + _UNUSUAL * self.wander * np.sqrt(bins)
        return reached


def screen(values: Floats) -> Screened:
    """Look at all rows of ``values`` (series, samples), equally spaced; NaN is a gap.

    Rows are averaged over 40 bins. The slope is the larger of the medians of the slopes through all pairs of
    bins (Theil 1950, Sen 1968) of the whole row and of its last quarter, so that a late bend is not missed.
    """
    size = max(values.shape[1] // BINS, 1)
    count = values.shape[1] // size
    cut = values[:, values.shape[1] - count * size :].reshape(len(values), count, size)
    means = cut.mean(axis=2)
    highest = cut[:, -max(count // 4, 1) :].max(axis=(1, 2))
    gaps = np.isnan(means).any(axis=1)
    if gaps.any():
        means[gaps], highest[gaps] = _patched(cut[gaps])
    steps = np.diff(means, axis=1)
    slope = np.fmax(_median_slope(means), _median_slope(means[:, -max(count // 4, 4) :]))
    wander = steps.std(axis=1) if count > 1 else np.zeros(len(values))
    return Screened(means[:, -1], slope / size, highest, wander, size)


def _median_slope(means: Floats) -> Floats:
    early, late = np.triu_indices(means.shape[1], 1)
    if not len(early):
        return np.zeros(len(means))
    slopes: Floats = np.median((means[:, late] - means[:, early]) / (late - early), axis=1)
    return slopes


def _patched(cut: Floats) -> tuple[Floats, Floats]:
    """Means of bins and highest values of rows with gaps; empty bins lie between their neighbours."""
    seen = ~np.isnan(cut)
    counts = seen.sum(axis=2)
    filled = np.where(seen, cut, 0.0)
    means = np.full(counts.shape, np.nan)
    np.divide(filled.sum(axis=2), counts, out=means, where=counts > 0)
    at = np.arange(means.shape[1])
    for row in means:
        good = ~np.isnan(row)
        if good.any():
            row[:] = np.interp(at, at[good], row[good])
    highest = np.where(seen, cut, -np.inf).max(axis=(1, 2))
    return means, np.where(np.isinf(highest), np.nan, highest)
