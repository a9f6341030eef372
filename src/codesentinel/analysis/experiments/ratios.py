"""Latencies and errors: the share of an arm's requests that were slow, or that failed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.experiments.evidence import Evidence, Row, together
from codesentinel.model.canary import DECREASE, EITHER, ERRORS, LATENCY
from codesentinel.stats.dispersion import dispersion
from codesentinel.stats.rate_ratio import LARGER, SMALLER, Counts, log_evidence, log_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.experiments.blocks import Counted
    from codesentinel.model.canary import CanaryMetric

    Array = NDArray[np.float64]

NOISE = {LATENCY: 0.05, ERRORS: 0.4}
"""What is expected where nothing is configured: errors come in bursts."""

_NEVER = 1e9  # farther than any quantile


def ratio_evidence(
    metric: CanaryMetric, counted: Counted, bounds: tuple[float, ...], noise_floor: float = 1.0
) -> Evidence:
    """Harm is shown where the thresholds' e-values are large in the mean, safety where each of them is."""
    places, usable = _places(metric, counted)
    used, places = _numbered(places)
    counts = _counts(metric, counted, used)
    scatter = dispersion(counts, NOISE[metric.kind] if metric.noise is None else metric.noise)
    margin = 1.0 + metric.relative_margin
    sides = [counts] if metric.direction != DECREASE else []
    sides += [counts.exchanged] if metric.direction in (DECREASE, EITHER) else []

    def shown(grid: Array, ratio: float, *, late: bool = False) -> list[Array]:
        extra = metric.absolute_margin
        return [log_evidence(one, scatter, ratio=ratio, extra=extra, grid=grid, late=late) for one in sides]

    harm = log_mean(np.stack(shown(LARGER, max(margin, noise_floor), late=metric.late), axis=-1))
    safe = np.min(shown(SMALLER, margin), axis=0)
    chosen_harm = np.where(usable, np.take_along_axis(harm, places, axis=1), 0.0)
    chosen_safe = np.where(usable, np.take_along_axis(safe, places, axis=1), 0.0)
    rows = tuple(
        Row(
            bounds[used[k]] if bounds else None,
            Counts(counts.x[:, k], counts.y[:, k], counts.n, counts.m),
            *numbers,
        )
        for k in (np.unique(places[-1][usable[-1]]) if len(places) else ())
        for numbers in [(float(harm[-1, k]), float(safe[-1, k]), float(scatter[-1, k]))]
    )
    return Evidence(together(chosen_harm), chosen_safe.min(axis=1), rows)


def _numbered(places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The bounds that are looked at, and the places among these."""
    used, numbers = np.unique(places, return_inverse=True)
    return used, numbers.reshape(places.shape)


def _counts(metric: CanaryMetric, counted: Counted, used: NDArray[np.intp]) -> Counts:
    """Of a latency: requests above each of the bounds that are used."""
    x, y = counted.events
    if metric.kind == LATENCY:
        x, y = (np.cumsum(arm[:, :0:-1], axis=1)[:, ::-1][:, used] for arm in (x, y))
    return Counts(x, y, *counted.requests)


def _places(metric: CanaryMetric, counted: Counted) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """After each block: which bounds are nearest to the quantiles of both arms' requests together.

    Conditionally on these, which arm a request belongs to is as random as before. Shape (blocks, quantiles).
    """
    if metric.kind != LATENCY:
        shape = (len(counted.requests[0]), 1)
        return np.zeros(shape, dtype=np.intp), np.ones(shape, dtype=np.bool_)
    pooled = np.cumsum(counted.events[0] + counted.events[1], axis=0)
    total = pooled.sum(axis=1, keepdims=True)
    below = np.cumsum(pooled, axis=1)[:, :-1] / np.where(total > 0, total, 1.0)
    inside = (below > 0) & (below < 1)
    logits = np.log(np.where(inside, below, 0.5) / np.where(inside, 1.0 - below, 0.5))
    wanted = np.array([math.log(q / (1 - q)) for q in metric.quantiles])
    far = np.where(inside[:, :, None], np.abs(logits[:, :, None] - wanted), _NEVER)
    usable: NDArray[np.bool_] = np.repeat(inside.any(axis=1, keepdims=True), len(wanted), axis=1)
    return far.argmin(axis=1), usable
