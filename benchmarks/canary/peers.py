"""How others judge the same canaries: one value a minute, the window growing, looked at every minute.

Each gives for every run the minute of its first alarm, or 0.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from scipy.stats import rankdata

FIRST = 5  # minutes, before which they say nothing
TOLERANCE, QUANTILE = 0.25, NormalDist().inv_cdf(0.99)


def scores(x, y):
    """Of the ranks of ``x`` among both, with corrections for ties and continuity; runs are rows."""
    n, m = x.shape[1], y.shape[1]
    ranks = rankdata(np.concatenate([x, y], axis=1), axis=1)
    score = ranks[:, :n].sum(axis=1) - n * (n + 1) / 2 - n * m / 2
    spread = np.sqrt(n * m / (n + m - 1) * (ranks.var(axis=1)))
    return np.where(spread > 0, (score - np.sign(score) * 0.5) / np.where(spread > 0, spread, 1.0), 0.0)


def peeked(per_minute, quantile):
    """A Mann-Whitney test whenever one looks."""
    baseline, canary = per_minute
    looks = range(FIRST, baseline.shape[1] + 1)
    return first([np.abs(scores(canary[:, :t], baseline[:, :t])) > quantile for t in looks])


def mann_whitney(per_minute):
    """At 5%, two-sided."""
    return peeked(per_minute, NormalDist().inv_cdf(0.975))


def kayenta(per_minute):
    """Its classifier for an increase: the interval of the shift, its tolerance, and a ratio of means above 1.

    Its zeros are accurate here: what its solver's tolerance of 1e-4 does to a unit is left out.
    """
    baseline, canary = per_minute
    alarms = []
    for t in range(FIRST, baseline.shape[1] + 1):
        x, y = canary[:, :t], baseline[:, :t]
        estimate = np.median((x[:, :, None] - y[:, None, :]).reshape(len(x), -1), axis=1)
        above = scores(x - TOLERANCE * np.abs(estimate)[:, None], y) > QUANTILE
        alarms.append(above & (x.mean(axis=1) >= y.mean(axis=1)))
    return first(alarms)


def first(alarms):
    """The minute of the first alarm of each run; 0 where there is none."""
    alarms = np.array(alarms)
    return np.where(alarms.any(axis=0), alarms.argmax(axis=0) + FIRST, 0)
