"""Six kinds of resource that fills up, simulated: 30 days of hourly history, and when it is full.

Nothing here knows how anything is forecast. Growth is a unit a day times a random scale. The limit is drawn
from the level and the growth that are in force at the end of the history, before the future is known:
``headroom = growth * days``, days log-uniform between 1.5 and 45. Then the future is simulated by the very
same process, and the truth is the first hour at which it is at the limit. Resources whose truth is not
between 1 and 60 days ahead, or that were at the limit before, are drawn anew.

- noise: a line and independent noise, its deviation 0.1 to 2 days' growth. - season: a line, a daily wave
of two harmonics (amplitude 0.3 to 3 days' growth), AR(1) noise of r = 0.9. - walk: the steps of each hour
are independent: a drift, and a deviation of 0.3 to 2 days' growth a day. - saw: filled at 3 to 10 times the
growth and cleaned up every 1.5 to 6 days (each interval 10% off), so that the
  growth is left over; each clean-up leaves a normal remainder of up to half a day's growth.
- bend: a line whose slope changed 3 to 20 days ago by a factor of 1/4 to 4, and AR(1) noise of r = 0.7. -
steps: a compound Poisson process, a step every 0.7 to 3 days, of exponential size; a third of the growth
lies
  between the steps, and there is little noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

HISTORY = 720
FUTURE = 60 * 24
KINDS = ("noise", "season", "walk", "saw", "bend", "steps")
EXTRA = "week"
"""A daily wave, less on two days of each week, AR(1) noise of r = 0.9: no part of the limits."""


class Simulated(NamedTuple):
    """``used`` and ``season`` are hourly, (HISTORY,); ``truth`` is in hours after the last of them."""

    kind: str
    used: np.ndarray
    limit: float
    truth: int
    rebirth: object
    """A function of a generator that gives another future of the same resource, (FUTURE,): for the oracle."""


def simulate(kind, rng):
    """One resource of this kind."""
    while True:
        used, growth, future = PROCESSES[kind](rng)
        now = used[-48:].mean() if kind != "saw" else used[-6 * 24 :].max()
        limit = now + growth * np.exp(rng.uniform(np.log(1.5), np.log(45)))
        if used.max() >= limit:
            continue
        full = np.flatnonzero(future(rng) >= limit)
        if len(full) and full[0] + 1 >= 24:
            return Simulated(kind, used, float(limit), int(full[0]) + 1, future)


def ar1(n, r, sd, rng, start=None):
    """AR(1) noise of standard deviation ``sd``."""
    shocks = rng.standard_normal(n) * sd * np.sqrt(1 - r * r)
    out = np.empty(n)
    last = rng.standard_normal() * sd if start is None else start
    for i in range(n):
        last = r * last + shocks[i]
        out[i] = last
    return out


HOURS = np.arange(HISTORY + FUTURE)
DAYS = HOURS / 24


def _scale(rng):
    return np.exp(rng.uniform(-3, 8))


def _noise(rng):
    growth = _scale(rng)
    sd = growth * np.exp(rng.uniform(np.log(0.1), np.log(2)))
    line = 100 * growth + growth * DAYS
    used = line[:HISTORY] + sd * rng.standard_normal(HISTORY)
    return used, growth, lambda rng: line[HISTORY:] + sd * rng.standard_normal(FUTURE)


def _season(rng):
    growth = _scale(rng)
    wave = growth * np.exp(rng.uniform(np.log(0.3), np.log(3)))
    sd = growth * np.exp(rng.uniform(np.log(0.1), np.log(1)))
    phase = rng.uniform(0, 2 * np.pi, 2)
    shape = np.sin(2 * np.pi * DAYS + phase[0]) + 0.4 * np.sin(4 * np.pi * DAYS + phase[1])
    line = 100 * growth + growth * DAYS + wave * shape
    noise = ar1(HISTORY, 0.9, sd, rng)
    used = line[:HISTORY] + noise
    return used, growth, lambda rng: line[HISTORY:] + ar1(FUTURE, 0.9, sd, rng, noise[-1])


def _walk(rng):
    growth = _scale(rng)
    sd = growth * np.exp(rng.uniform(np.log(0.3), np.log(2))) / np.sqrt(24)

    def walked(n, start, rng):
        return start + np.cumsum(growth / 24 + sd * rng.standard_normal(n))

    used = walked(HISTORY, 100 * growth, rng)
    return used, growth, lambda rng: walked(FUTURE, used[-1], rng)


def _saw(rng):
    growth = _scale(rng)
    rate = growth * rng.uniform(3, 10)
    period = rng.uniform(1.5, 6) * 24
    left = growth * rng.uniform(0.05, 0.5)
    noise = growth * 0.1

    def teeth(  # noqa: PLR0917
        first, last, age, base, due, rng
    ):
        values = np.empty(last - first)
        for i, hour in enumerate(range(first, last)):
            if age >= due:
                age, base, due = 0, left * rng.standard_normal(), _due(rng)
            values[i] = 100 * growth + growth * hour / 24 + base + rate * age / 24
            age += 1
        return values + noise * rng.standard_normal(last - first), (age, base, due)

    def _due(rng):
        return max(period * (1 + 0.1 * rng.standard_normal()), 12)

    used, state = teeth(0, HISTORY, int(rng.uniform(0, period)), left * rng.standard_normal(), _due(rng), rng)
    return used, growth, lambda rng: teeth(HISTORY, HISTORY + FUTURE, *state, rng)[0]


def _bend(rng):
    growth = _scale(rng)
    before = growth * np.exp(rng.uniform(np.log(1 / 4), np.log(4)))
    bend = HISTORY / 24 - rng.uniform(3, 20)
    sd = growth * np.exp(rng.uniform(np.log(0.1), np.log(1)))
    line = 200 * growth + before * np.minimum(DAYS - bend, 0) + growth * np.maximum(DAYS - bend, 0)
    noise = ar1(HISTORY, 0.7, sd, rng)
    return line[:HISTORY] + noise, growth, lambda rng: line[HISTORY:] + ar1(FUTURE, 0.7, sd, rng, noise[-1])


def _steps(rng):
    growth = _scale(rng)
    every = rng.uniform(0.7, 3) * 24
    size = growth * every / 24 * 2 / 3
    noise = 0.02 * growth

    def climbed(n, start, rng):
        steps = (rng.random(n) < 1 / every) * rng.exponential(size, n)
        return start + np.cumsum(steps + growth / 3 / 24)

    path = climbed(HISTORY, 100 * growth, rng)
    used = path + noise * rng.standard_normal(HISTORY)
    return used, growth, lambda rng: climbed(FUTURE, path[-1], rng) + noise * rng.standard_normal(FUTURE)


def _week(rng):
    growth = _scale(rng)
    wave = growth * np.exp(rng.uniform(np.log(0.3), np.log(3)))
    dip = growth * np.exp(rng.uniform(np.log(0.5), np.log(4)))
    sd = growth * np.exp(rng.uniform(np.log(0.1), np.log(1)))
    phase, first = rng.uniform(0, 2 * np.pi), rng.integers(0, 7)
    weekend = (np.floor(DAYS) + first) % 7 < 2
    line = 100 * growth + growth * DAYS + wave * np.sin(2 * np.pi * DAYS + phase) - dip * weekend
    noise = ar1(HISTORY, 0.9, sd, rng)
    return line[:HISTORY] + noise, growth, lambda rng: line[HISTORY:] + ar1(FUTURE, 0.9, sd, rng, noise[-1])


PROCESSES = {
    "week": _week,
    "noise": _noise,
    "season": _season,
    "walk": _walk,
    "saw": _saw,
    "bend": _bend,
    "steps": _steps,
}
