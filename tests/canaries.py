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


def exposed(counts, version, edges, *, name="http_server_request_duration_seconds"):
    """The counters of an arm as text with timestamps, the requests of one instance; errors have no bucket.

    What is counted in a tick was scraped at its end.
    """
    lines = []

    def row(series, at, value):
        lines.append(f"{series} {value:.0f} {round(at * 1000)}")

    labels = f'version="{version}",instance="{version}:1"'
    for kind, arm in counts.items():
        totals = np.concatenate([np.zeros((1, arm.events.shape[2])), np.cumsum(arm.events[0], axis=0)])
        requests = np.concatenate([[0.0], np.cumsum(arm.requests[0])])
        for at, total, request in zip(edges, totals, requests, strict=True):
            if kind == "latency":
                bounds = [*BOUNDS, "+Inf"]
                for bound, value in zip(bounds, np.cumsum(total), strict=True):
                    row(f'{name}_bucket{{{labels},le="{bound}"}}', at, value)
                continue
            row(f'requests_total{{{labels},code="200"}}', at, request - total[0])
            if total[0]:  # a series that begins with the first error
                row(f'requests_total{{{labels},code="500"}}', at, total[0])
    return "\n".join(lines) + "\n"
