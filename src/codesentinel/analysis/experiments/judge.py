"""A canary's verdict: valid at every look, and "not known yet" when that is the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.experiments import gates
from codesentinel.analysis.experiments.blocks import Blocks, Counted, blocks, counted
from codesentinel.analysis.experiments.evidence import Evidence, e_values, thresholds
from codesentinel.analysis.experiments.ratios import ratio_evidence
from codesentinel.analysis.experiments.resources import resource_evidence
from codesentinel.model.canary import (
    FAIL,
    INCONCLUSIVE,
    PASS,
    RESOURCE,
    CanaryVerdict,
    MetricVerdict,
)

if TYPE_CHECKING:
    from codesentinel.model.canary import CanaryConfig, CanaryMetric, Observations, Threshold

_ROUNDING = 1 - 1e-9


class _Weighed(NamedTuple):
    """A metric with its evidence; ``reason`` says why it has none, ``obstacle`` why it cannot pass."""

    metric: CanaryMetric
    reason: str = ""
    obstacle: str = ""
    requests: tuple[float, float] = (0.0, 0.0)
    floor: float | None = None
    evidence: Evidence | None = None


def judge(config: CanaryConfig, observations: Observations) -> CanaryVerdict:
    """FAIL by evidence of harm, PASS by evidence of no harm in every metric, else INCONCLUSIVE.

    The evidence may be looked at after every tick, and a rollout may stop at the first PASS or FAIL: the
    chance that it is ever false stays below ``config.alpha``.
    """
    into = blocks(config, observations)
    weighed = [_weighed(config, one, observations, into) for one in config.metrics]
    rows = [one.evidence.rows if one.evidence else () for one in weighed]
    told = iter(thresholds([row for some in rows for row in some], config.alpha))
    judged = [
        _judged(config, one, len(into.ends), tuple(next(told) for _ in some))
        for one, some in zip(weighed, rows, strict=True)
    ]
    needed = _ROUNDING / config.alpha
    weights = np.array([one.weight for one in config.metrics])
    most = np.array([np.inf if one.critical else 1 / config.alpha for one in config.metrics])
    evidence = np.array([one.evidence for one in judged]).reshape(len(judged), len(into.ends))
    weighted = (weights / weights.sum()) @ np.minimum(evidence, most[:, None])
    e_now = float(weighted[-1]) if len(weighted) else 1.0
    verdict, reason = _verdict(judged, failed=e_now >= needed)
    return CanaryVerdict(
        verdict=verdict,
        reason=reason,
        metrics=tuple(judged),
        alpha=config.alpha,
        e_value=e_now,
        block_times=tuple(into.ends.tolist()),
        evidence=tuple(weighted.tolist()),
    )


def _verdict(judged: list[MetricVerdict], *, failed: bool) -> tuple[str, str]:
    if failed:
        harmed = [one.name for one in judged if one.outcome == FAIL]
        return FAIL, f"harm beyond the margin: {', '.join(harmed) or 'in all metrics together'}"
    open_ = [f"{one.name}: {one.reason}" for one in judged if one.outcome != PASS]
    if open_:
        return INCONCLUSIVE, "; ".join(open_)
    return PASS, "no harm beyond the margin in any metric"


def _weighed(config: CanaryConfig, metric: CanaryMetric, seen: Observations, into: Blocks) -> _Weighed:
    if metric.name in seen.errors:
        return _Weighed(metric, f"could not be read: {seen.errors[metric.name]}")
    if not len(into.ends):
        return _Weighed(metric, "nothing was counted since the warm-up")
    given = seen.metrics.get(metric.name)
    if given is None:
        return _Weighed(metric, "no data")
    counts = counted(given, into)
    requests = (float(counts.requests[1].sum()), float(counts.requests[0].sum()))
    reason = gates.too_little(config, counts)
    if reason:
        return _Weighed(metric, reason, requests=requests)
    floor = gates.noise_floor(given, into)
    if metric.kind == RESOURCE:
        evidence = resource_evidence(metric, counts, config.alpha, floor or 1.0)
    else:
        evidence = ratio_evidence(metric, counts, given.bounds, floor or 1.0)
    if not evidence.rows and not evidence.thresholds:
        return _Weighed(metric, "all requests are in one bucket", requests=requests)
    return _Weighed(metric, "", _obstacle(config, counts, seen, into), requests, floor, evidence)


def _obstacle(config: CanaryConfig, counts: Counted, seen: Observations, into: Blocks) -> str:
    obstacle = gates.incomplete(counts)
    if not obstacle and seen.canary_share is not None:
        obstacle = gates.mismatch(counts, seen.canary_share, into, config.alpha)
    return obstacle


def _judged(
    config: CanaryConfig, weighed: _Weighed, ticks: int, told: tuple[Threshold, ...]
) -> MetricVerdict:
    metric, evidence = weighed.metric, weighed.evidence
    verdict = MetricVerdict(
        metric.name,
        metric.kind,
        INCONCLUSIVE,
        weighed.reason,
        baseline_requests=weighed.requests[0],
        canary_requests=weighed.requests[1],
        critical=metric.critical,
        noise_floor=weighed.floor,
        evidence=(1.0,) * ticks,
        safe_evidence=(1.0,) * ticks,
    )
    if evidence is None:
        return verdict
    told = (*evidence.thresholds, *told)
    harm, safe = (tuple(e_values(one)) for one in (evidence.harm, evidence.safe))
    share = metric.weight / sum(one.weight for one in config.metrics)
    outcome, reason = _outcome(share * harm[-1], safe[-1], _ROUNDING / config.alpha, weighed.obstacle)
    return replace(
        verdict,
        outcome=outcome,
        reason=reason,
        effect=_worst(told).effect,
        e_value=harm[-1],
        safe_e_value=safe[-1],
        thresholds=told,
        evidence=harm,
        safe_evidence=safe,
    )


def _outcome(harm: float, safe: float, needed: float, obstacle: str) -> tuple[str, str]:
    if harm >= needed:
        return FAIL, "harm beyond the margin"
    if obstacle:
        return INCONCLUSIVE, obstacle
    if safe >= needed:
        return PASS, "no harm beyond the margin"
    return INCONCLUSIVE, "neither harm nor its absence is shown yet"


def _worst(told: tuple[Threshold, ...]) -> Threshold:
    """Where there is most evidence of harm, and least of safety."""
    return max(told, key=lambda one: (one.e_value, -one.safe_e_value))
