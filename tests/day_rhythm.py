"""Series with a rhythm of days, as services have it, for tests of what is strange in them."""

from __future__ import annotations

import numpy as np

DAY = 86400.0
START = 1_790_000_000.0 // DAY * DAY


def rhythm(days=10, step=300.0, noise=3.0, seed=1, swing=40.0):
    """Times, and values that follow the time of day: 100 on average, less by night and more by day."""
    times = START + np.arange(int(days * DAY / step)) * step
    chance = np.random.default_rng(seed)
    return times, 100 - swing * np.cos(2 * np.pi * times / DAY) + chance.normal(0, noise, len(times))


def between(times, day, hour, hours):
    """Where the times lie in so many hours from an hour of a day."""
    begin = START + day * DAY + hour * 3600
    return (times >= begin) & (times < begin + hours * 3600)
