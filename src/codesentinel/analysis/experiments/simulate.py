"""Canaries that never were: how often and how soon a harm of a given size would be found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.experiments.judge import judge
from codesentinel.analysis.experiments.ratios import NOISE
from codesentinel.model.canary import (
    DECREASE,
    ERRORS,
    LATENCY,
    ArmCounts,
    MetricCounts,
    Observations,
)
from codesentinel.model.canary_power import Power

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from codesentinel.model.canary import CanaryConfig, CanaryMetric

    Array = NDArray[np.float64]

_MOST = 0.98  # of the requests can be slow, whatever the harm is
_RESOURCE_NOISE = 0.1


class Traffic(NamedTuple):
    """What is expected: requests of both arms together, the canary's share, and the baseline's errors."""

    requests_per_minute: float
    canary_share: float
    error_ratio: float


def powers(
    config: CanaryConfig, traffic: Traffic, harms: tuple[float, ...], runs: int, rng: np.random.Generator
) -> Iterator[Power]:
    """For each metric and harm in turn; the same judge as ever, on counts drawn by chance."""
    total = sum(one.weight for one in config.metrics)
    for metric in config.metrics:
        alone = replace(config, metrics=(metric,))
        share = metric.weight / total if metric.weight else 1.0
        for harm in harms:
            stopped, passed = [], []
            for _ in range(runs):
                first_harm, first_safe = _firsts(
                    alone, metric, _drawn(config, metric, traffic, harm, rng), share
                )
                if first_harm is not None and (first_safe is None or first_harm <= first_safe):
                    stopped.append(first_harm)
                elif first_safe is not None:
                    passed.append(first_safe)
            yield Power(
                metric=metric.name,
                harm=harm,
                is_within_margin=_within(metric, traffic, harm),
                stopped=len(stopped) / runs,
                stopped_after_seconds=_median(stopped),
                passed=len(passed) / runs,
                passed_after_seconds=_median(passed),
            )


def _firsts(
    config: CanaryConfig, metric: CanaryMetric, seen: Observations, share: float
) -> tuple[float | None, float | None]:
    """When evidence of harm, and of safety, first sufficed; seconds after the start."""
    verdict = judge(config, seen)
    (one,) = verdict.metrics
    served = np.cumsum(
        [seen.metrics[metric.name].canary.requests[0], seen.metrics[metric.name].baseline.requests[0]], axis=1
    ).min(axis=0)
    enough = served[len(served) - len(one.evidence) :] >= config.minimum_requests
    needed = 1 / config.alpha
    found = []
    for values in (np.array(one.evidence) * share, np.array(one.safe_evidence)):
        at = np.flatnonzero((values >= needed) & enough)
        found.append(verdict.block_times[at[0]] if len(at) else None)
    return found[0], found[1]


def _drawn(
    config: CanaryConfig, metric: CanaryMetric, traffic: Traffic, harm: float, rng: np.random.Generator
) -> Observations:
    blocks = int(config.deadline_seconds // config.block_seconds)
    a_block = traffic.requests_per_minute * config.block_seconds / 60
    edges = config.block_seconds * np.arange(blocks + 1, dtype=np.float64)
    arms = []
    for share, factor in ((1 - traffic.canary_share, 1.0), (traffic.canary_share, harm)):
        requests = rng.poisson(a_block * share, blocks).astype(np.float64)
        arms.append(ArmCounts(requests[None], _events(metric, requests, traffic, factor, rng)[None]))
    bounds = tuple(float(i + 1) for i in range(len(metric.quantiles))) if metric.kind == LATENCY else ()
    return Observations(edges, {metric.name: MetricCounts(arms[0], arms[1], bounds)})


def _events(
    metric: CanaryMetric, requests: Array, traffic: Traffic, factor: float, rng: np.random.Generator
) -> Array:
    """A latency is slow at each quantile by the same factor; noise is what is configured."""
    noise = NOISE.get(metric.kind, _RESOURCE_NOISE) if metric.noise is None else metric.noise
    moved = np.exp(noise * rng.standard_normal(len(requests)) - noise * noise / 2)
    whole = requests.astype(np.int64)
    if metric.kind == ERRORS:
        ratio = np.minimum(traffic.error_ratio * factor * moved, 1.0)
        return rng.binomial(whole, ratio)[:, None].astype(np.float64)
    if metric.kind != LATENCY:
        return (requests * factor * moved)[:, None]
    slower = np.minimum((1 - np.array(metric.quantiles))[None] * factor * moved[:, None], _MOST)
    shares = -np.diff(np.concatenate([np.ones((len(whole), 1)), slower, np.zeros((len(whole), 1))], axis=1))
    return rng.multinomial(whole, np.maximum(shares, 0.0)).astype(np.float64)


def _within(metric: CanaryMetric, traffic: Traffic, harm: float) -> bool:
    """Whether so much lies within the margin."""
    usual = {ERRORS: traffic.error_ratio, LATENCY: 1 - max(metric.quantiles, default=0.95)}.get(
        metric.kind, 1.0
    )
    ratio = 1 / harm if metric.direction == DECREASE else harm
    return ratio <= 1 + metric.relative_margin + metric.absolute_margin / usual + 1e-9


def _median(times: list[float]) -> float | None:
    return float(np.median(times)) if times else None
