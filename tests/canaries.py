"""Canaries and baselines with a known truth."""

from __future__ import annotations

import numpy as np

from codesentinel.model.canary import ArmCounts, CanaryConfig, CanaryMetric, MetricCounts, Observations

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""OpenTelemetry's buckets of a request's duration, in seconds."""


def histograms(rng, requests, ticks, *, slower=1.0, sigma=0.6, bounds=BOUNDS):
    """Log-normal latencies with a median of 60 ms, times ``slower``; shape (1, ticks, buckets)."""
    rows = []
    for _ in range(ticks):
        seconds = 0.06 * slower * np.exp(sigma * rng.standard_normal(rng.poisson(requests)))
        rows.append(np.bincount(np.searchsorted(bounds, seconds), minlength=len(bounds) + 1))
    counts = np.array([rows], dtype=float)
    return ArmCounts(counts.sum(axis=2), counts)


def errors(rng, requests, ticks, ratio):
    """Failed requests; shape (1, ticks, 1)."""
    n = rng.poisson(requests, ticks).astype(float)
    return ArmCounts(n[None], rng.binomial(n.astype(int), ratio).astype(float)[None, :, None])


def config(*metrics, **settings):
    """A configuration of these metrics, one of latency where there are none."""
    return CanaryConfig(metrics or (CanaryMetric("latency", "latency"),), **settings)


def observations(seconds=60.0, **metrics):
    """Ticks of so many seconds; each metric is a pair of baseline and canary."""
    ticks = next(iter(metrics.values()))[0].requests.shape[1]
    bounds = {name: BOUNDS if arm.events.shape[2] > 1 else () for name, (arm, _) in metrics.items()}
    counts = {name: MetricCounts(*arms, bounds[name]) for name, arms in metrics.items()}
    return Observations(1e9 + seconds * np.arange(ticks + 1), counts)
