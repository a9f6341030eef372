"""Resources: what an arm uses for each of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.experiments.evidence import Evidence, e_value
from codesentinel.model.canary import DECREASE, EITHER, Threshold
from codesentinel.model.interval import Interval
from codesentinel.stats.mean_ratio import bounds, log_evidence
from codesentinel.stats.rate_ratio import log_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.experiments.blocks import Counted
    from codesentinel.model.canary import CanaryMetric

    Array = NDArray[np.float64]


def resource_evidence(
    metric: CanaryMetric, counted: Counted, alpha: float, noise_floor: float = 1.0
) -> Evidence:
    """A block is one pair of values: what each arm used for a request in it."""
    (n, m), (x, y) = counted.requests, counted.events
    both = (n > 0) & (m > 0)
    canary, baseline = x[both, 0] / n[both], y[both, 0] / m[both]
    margin = 1.0 + metric.relative_margin
    sides = [(canary, baseline)] if metric.direction != DECREASE else []
    sides += [(baseline, canary)] if metric.direction in (DECREASE, EITHER) else []
    extra = metric.absolute_margin
    harms = [log_evidence(*one, ratio=max(margin, noise_floor), extra=extra) for one in sides]
    safes = [log_evidence(*one, ratio=margin, extra=extra, smaller=True) for one in sides]
    harm, safe = log_mean(np.stack(harms, axis=-1)), np.min(safes, axis=0)
    if not len(harm):
        return Evidence(np.zeros(len(n)), np.zeros(len(n)))
    mean, usual = float(canary.mean()), float(baseline.mean())
    effect = Interval(mean / usual if usual else float("nan"), *bounds(canary, baseline, alpha))
    told = Threshold(None, usual, mean, effect, e_value(float(harm[-1])), e_value(float(safe[-1])))
    return Evidence(_in_blocks(harm, both), _in_blocks(safe, both), thresholds=(told,))


def _in_blocks(logarithms: Array, both: NDArray[np.bool_]) -> Array:
    """Blocks without a pair leave the evidence as it was."""
    return np.concatenate([[0.0], logarithms])[np.cumsum(both)]
