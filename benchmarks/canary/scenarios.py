"""Canaries with a known truth, many at once: sixty minutes of requests of two arms.

Latencies are log-normal with a median of 60 ms and a deviation of 0.6 of their logarithm, counted in
OpenTelemetry's buckets, and per minute as an exact percentile for those who look at percentiles. What differs
from minute to minute:

    drift    both arms share an autocorrelated drift of 8% and a wave of 10%
    noise    drift, and each arm has an autocorrelated noise of 2% of its own
    cold     drift, and the canary is 50% slower when it begins, which decays within minutes
    bursts   errors of each arm and minute vary by a gamma variable of shape 2
    incident both arms share four minutes with 15 times as many errors
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
MINUTES = 60
MEDIAN, SIGMA = 0.06, 0.6


class Many(NamedTuple):
    """Runs of baseline and canary: requests (2,), events (2, runs, minutes, k), and what others look at."""

    requests: tuple[int, int]
    events: np.ndarray
    per_minute: np.ndarray  # (2, runs, minutes): the 95th percentile, or the ratio of errors


def autocorrelated(rng, runs, r, deviation):
    noise = deviation * np.sqrt(1 - r * r) * rng.standard_normal((runs, MINUTES))
    noise[:, 0] = deviation * rng.standard_normal(runs)
    for t in range(1, MINUTES):
        noise[:, t] += r * noise[:, t - 1]
    return noise


def latencies(rng, runs, requests, scenario="", *, slower=1.0, sigma=SIGMA) -> Many:
    """``slower`` and ``sigma`` are the canary's."""
    shift = np.zeros((2, runs, MINUTES))
    if scenario:
        wave = 2 * np.pi * (np.arange(MINUTES) / MINUTES + rng.uniform(size=(runs, 1)))
        shift += autocorrelated(rng, runs, 0.9, 0.08) + 0.1 * np.sin(wave)
    if scenario == "noise":
        shift += np.stack([autocorrelated(rng, runs, 0.8, 0.02) for _ in range(2)])
    if scenario == "cold":
        shift[1] += np.log(1 + 0.5 * np.exp(-np.arange(MINUTES) / 3.0))
    shift[1] += np.log(slower)
    spread = np.array([SIGMA, sigma])[:, None, None]
    below = ndtr((np.log(BOUNDS) - np.log(MEDIAN) - shift[..., None]) / spread[..., None])
    shares = np.diff(below, axis=-1, prepend=0.0, append=1.0)
    shares /= shares.sum(axis=-1, keepdims=True)
    events = np.stack([rng.multinomial(n, one) for n, one in zip(requests, shares, strict=True)])
    places = [rng.beta(np.ceil(0.95 * n), n + 1 - np.ceil(0.95 * n), (runs, MINUTES)) for n in requests]
    per_minute = MEDIAN * np.exp(shift + spread * ndtri(np.stack(places)))
    return Many(requests, events.astype(float), per_minute)


def errors(rng, runs, requests, scenario="", *, ratio=0.001, canary=0.001) -> Many:
    """``canary`` is the ratio of its requests that fail."""
    rates = np.stack([np.full((runs, MINUTES), one) for one in (ratio, canary)])
    if scenario:
        rates *= np.exp(autocorrelated(rng, runs, 0.9, 0.08))
    if scenario == "incident":
        starts = rng.integers(0, MINUTES - 4, runs)
        minutes = np.arange(MINUTES)
        rates *= np.where((minutes >= starts[:, None]) & (minutes < starts[:, None] + 4), 15.0, 1.0)
    if scenario == "bursts":
        rates *= rng.gamma(2.0, 0.5, rates.shape)
    counts = np.stack([rng.binomial(n, np.minimum(r, 1.0)) for n, r in zip(requests, rates, strict=True)])
    per_minute = counts / np.array(requests)[:, None, None]
    return Many(requests, counts[..., None].astype(float), per_minute)
