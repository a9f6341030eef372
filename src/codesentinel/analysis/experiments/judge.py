"""A canary's verdict: valid at every look, and "not known yet" when that is the truth."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.experiments.blocks import blocks, counted
from codesentinel.analysis.experiments.ratios import ratio_evidence
from codesentinel.model.canary import (
    FAIL,
    INCONCLUSIVE,
    PASS,
    RESOURCE,
    CanaryVerdict,
    MetricVerdict,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.experiments.blocks import Blocks
    from codesentinel.model.canary import CanaryConfig, CanaryMetric, Observations

_LARGEST = 700.0  # exp of more is no float


def judge(config: CanaryConfig, observations: Observations) -> CanaryVerdict:
    """FAIL by evidence of harm, PASS by evidence of no harm in every metric, else INCONCLUSIVE.

    The evidence may be looked at after every tick, and a rollout may stop at the first PASS or FAIL: the
    chance that it is ever false stays below ``config.alpha``.
    """
    into = blocks(config, observations)
    judged = [_metric(config, one, observations, into) for one in config.metrics]
    weights = np.array([one.weight for one in config.metrics])
    most = np.array([np.inf if one.critical else 1 / config.alpha for one in config.metrics])
    evidence = np.array([one.evidence for one in judged]).reshape(len(judged), len(into.ends))
    weighted = (weights / weights.sum()) @ np.minimum(evidence, most[:, None])
    e_value = float(weighted[-1]) if len(weighted) else 1.0
    verdict, reason = _verdict(config, judged, e_value)
    return CanaryVerdict(
        verdict=verdict,
        reason=reason,
        metrics=tuple(judged),
        alpha=config.alpha,
        e_value=e_value,
        block_times=tuple(into.ends.tolist()),
        evidence=tuple(weighted.tolist()),
    )


def _verdict(config: CanaryConfig, judged: list[MetricVerdict], e_value: float) -> tuple[str, str]:
    if e_value >= 1 / config.alpha:
        failed = [one.name for one in judged if one.outcome == FAIL]
        return FAIL, f"harm beyond the margin: {', '.join(failed) or 'all metrics together'}"
    open_ = [f"{one.name} ({one.reason})" for one in judged if one.outcome != PASS]
    if open_:
        return INCONCLUSIVE, f"not known yet: {'; '.join(open_)}"
    return PASS, "no harm beyond the margin in any metric"


def _metric(config: CanaryConfig, metric: CanaryMetric, seen: Observations, into: Blocks) -> MetricVerdict:
    nothing = MetricVerdict(
        metric.name,
        metric.kind,
        INCONCLUSIVE,
        "no data",
        critical=metric.critical,
        evidence=(1.0,) * len(into.ends),
        safe_evidence=(1.0,) * len(into.ends),
    )
    if metric.name in seen.errors:
        return replace(nothing, reason=f"could not be read: {seen.errors[metric.name]}")
    if metric.name not in seen.metrics:
        return nothing
    counts = counted(seen.metrics[metric.name], into)
    canary, baseline = (float(one.sum()) for one in counts.requests)
    unjudged = replace(nothing, baseline_requests=baseline, canary_requests=canary)
    reason = _too_little(config, canary, baseline)
    if metric.kind == RESOURCE:
        reason = reason or "the use of resources is not judged yet"
    if reason:
        return replace(unjudged, reason=reason)
    found = ratio_evidence(metric, counts, seen.metrics[metric.name].bounds, config.alpha)
    if not found.thresholds:
        return replace(unjudged, reason="all requests are in one bucket")
    harm, safe = _e_values(found.harm), _e_values(found.safe)
    share = metric.weight / sum(one.weight for one in config.metrics)
    if share * harm[-1] >= 1 / config.alpha:
        outcome, reason = FAIL, "harm beyond the margin"
    elif safe[-1] >= 1 / config.alpha:
        outcome, reason = PASS, "no harm beyond the margin"
    else:
        outcome, reason = INCONCLUSIVE, "neither harm nor its absence is shown yet"
    return replace(
        unjudged,
        outcome=outcome,
        reason=reason,
        effect=max(found.thresholds, key=lambda one: one.e_value).effect,
        e_value=harm[-1],
        safe_e_value=safe[-1],
        thresholds=found.thresholds,
        evidence=harm,
        safe_evidence=safe,
    )


def _too_little(config: CanaryConfig, canary: float, baseline: float) -> str:
    """Why nothing can be said yet; empty where something can."""
    if not canary and not baseline:
        return "no data"
    for arm, requests in (("canary", canary), ("baseline", baseline)):
        if requests < config.minimum_requests:
            return f"the {arm} had {requests:g} requests of the {config.minimum_requests:g} that are needed"
    return ""


def _e_values(log_evidence: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(math.exp(min(one, _LARGEST)) for one in log_evidence.tolist())
