"""Latencies and errors: the share of an arm's requests that were slow, or that failed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.canary import DECREASE, EITHER, LATENCY, Threshold
from codesentinel.model.interval import Interval
from codesentinel.stats.rate_ratio import GRID, bounds, log_e_steps, log_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.experiments.blocks import Counted
    from codesentinel.model.canary import CanaryMetric

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


class Evidence(NamedTuple):
    """For and against harm, after each block."""

    harm: NDArray[np.float64]
    safe: NDArray[np.float64]
    thresholds: tuple[Threshold, ...]


def ratio_evidence(
    metric: CanaryMetric, counts: Counted, limits: tuple[float, ...], alpha: float
) -> Evidence:
    """Harm is shown where the mean of the thresholds' e-values is large, safety where each of them is."""
    rows: list[tuple[float | None, Pair]] = []
    if metric.kind == LATENCY:
        places = _places(counts.events, metric.quantiles)
        slower = tuple(np.cumsum(arm[:, ::-1], axis=1)[:, ::-1] for arm in counts.events)
        rows += [(limits[k - 1], (slower[0][:, k], slower[1][:, k])) for k in places]
    else:
        rows.append((None, (counts.events[0][:, 0], counts.events[1][:, 0])))
    if not rows:
        silent = np.zeros(len(counts.requests[0]))
        return Evidence(silent, silent, ())
    harm, safe, thresholds = [], [], []
    for bound, events in rows:
        harms, safes = _both(metric, events, counts.requests)
        harm.append(harms)
        safe.append(safes)
        thresholds.append(_threshold(bound, counts, events, (harms, safes), alpha))
    return Evidence(_log_mean_of(harm), np.min(safe, axis=0), tuple(thresholds))


def _places(events: Pair, quantiles: tuple[float, ...]) -> list[int]:
    """Buckets whose lower bounds are nearest to the quantiles of both arms together; 1 is the second one."""
    total = events[0].sum(axis=0) + events[1].sum(axis=0)
    if not total.sum() > 0:
        return []
    below = np.cumsum(total)[:-1] / total.sum()
    usable = np.flatnonzero((below > 0) & (below < 1))
    if not len(usable):
        return []
    logit = np.log(below[usable] / (1 - below[usable]))
    return sorted({int(usable[np.abs(logit - math.log(q / (1 - q))).argmin()]) + 1 for q in quantiles})


def _both(metric: CanaryMetric, events: Pair, requests: Pair) -> Pair:
    """The logarithms of the e-values for harm and for safety, by block."""
    sides = []
    if metric.direction != DECREASE:
        sides.append(_one_way(metric, events, requests))
    if metric.direction in (DECREASE, EITHER):
        sides.append(_one_way(metric, events[::-1], requests[::-1]))
    return _log_mean_of([harm for harm, _ in sides]), np.min([safe for _, safe in sides], axis=0)


def _one_way(metric: CanaryMetric, events: Pair, requests: Pair) -> Pair:
    margin = {"ratio": 1 + metric.relative_margin, "extra": metric.absolute_margin}
    harm, safe = (
        log_mean(np.cumsum(log_e_steps(events, requests, grid=grid, **margin), axis=0))
        for grid in (GRID, 1 / GRID)
    )
    return harm, safe


def _log_mean_of(evidence: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return log_mean(np.stack(evidence, axis=-1))


def _threshold(bound: float | None, counts: Counted, events: Pair, evidence: Pair, alpha: float) -> Threshold:
    canary, baseline = (float(one.sum()) for one in events)
    n_canary, n_baseline = (float(one.sum()) for one in counts.requests)
    low, high = bounds((canary, baseline), (n_canary, n_baseline), alpha)
    estimate = (canary / n_canary) / (baseline / n_baseline) if baseline else math.inf if canary else math.nan
    harm, safe = (_e(one) for one in evidence)
    return Threshold(
        bound=bound,
        baseline=baseline / n_baseline,
        canary=canary / n_canary,
        effect=Interval(estimate, low, high),
        e_value=harm,
        safe_e_value=safe,
    )


def _e(log_evidence: NDArray[np.float64]) -> float:
    return math.exp(min(float(log_evidence[-1]), 700.0)) if len(log_evidence) else 1.0
