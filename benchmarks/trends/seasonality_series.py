"""Series with known periods, or none: written by what such series are, not by how periods are found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
START = 1_772_409_600.0  # Monday, 2 March 2026, 00:00 UTC
NOISES = ("white", "ar1", "random walk", "trend", "level shifts", "spikes", "heavy tails")
RHYTHMS = ("none", "daily", "weekly", "daily and weekly", "hour of week", "every 6h", "monthly")
EXTRAS = ("", "drift", "holidays", "drift and holidays")


class Made(NamedTuple):
    times: np.ndarray
    values: np.ndarray
    periods: tuple[float, ...]
    allowed: tuple[float, ...]
    rhythm: str
    noise: str
    extra: str
    days: int


def make(rng: np.random.Generator, rhythm: str, noise: str, extra: str) -> Made:
    """A series; rhythms have a standard deviation of 0.7 to 3 times that of the noise beside them.

    A random walk's is that of its steps within a cycle's eighth; drift changes amplitude (to 0.5 .. 2 times)
    and phase (up to a tenth of a cycle); holidays take the rhythm from one day in twenty or so.
    """
    if rhythm == "monthly":
        days, step = int(rng.integers(180, 400)), HOUR
    else:
        days, step = int(rng.integers(28, 57)), float(rng.choice([300, 900, 1800, 3600]))
    n = int(days * DAY / step)
    begin = START + float(rng.integers(0, 7 * 24)) * HOUR
    times = begin + step * np.arange(n)
    shape, periods, allowed = _rhythm(rng, rhythm, times, extra)
    if "holidays" in extra:
        day = ((times - times[0]) // DAY).astype(int)
        off = rng.choice(days, max(days // 20, 1), replace=False)
        shape = np.where(np.isin(day, off), np.quantile(shape, 0.2), shape)
    size = float(np.std(shape))
    if size > 0:
        shape = shape / size * rng.uniform(0.7, 3.0)
    values = 100 + 10 * (shape + _noise(rng, noise, n, step, rhythm))
    gone = rng.random(n) < 0.01
    values[gone] = np.nan
    return Made(times, values, periods, allowed, rhythm, noise, extra, days)


def _rhythm(rng, rhythm, times, extra):
    drift = "drift" in extra
    share = np.linspace(0, 1, len(times))
    bend = 2.0 ** (rng.uniform(-1, 1) * share) if drift else np.ones(len(times))
    late = rng.uniform(-0.1, 0.1) * share if drift else 0.0
    if rhythm == "none":
        return np.zeros(len(times)), (), ()
    if rhythm == "monthly":
        return bend * _smooth(rng, times / (30.436875 * DAY) + late), (30.436875 * DAY,), ()
    if rhythm == "every 6h":
        phase = (times / (6 * HOUR) + rng.random() + late) % 1
        return bend * (phase < rng.uniform(0.1, 0.5)), (6 * HOUR,), ()
    daily = bend * _smooth(rng, times / DAY + late)
    weekday = (times // DAY + 3).astype(int) % 7
    if rhythm == "daily":
        return daily, (DAY,), ()
    if rhythm == "weekly":
        return bend * _levels(rng)[weekday], (WEEK,), ()
    if rhythm == "daily and weekly":
        return daily / np.std(daily) + 0.8 * _levels(rng)[weekday], (DAY, WEEK), ()
    hour = (weekday * 24 + (times // HOUR % 24)).astype(int)
    week = rng.normal(size=168)
    return bend * week[hour], (WEEK,), (DAY,)


def _levels(rng):
    kind = rng.integers(2)
    levels = np.array([1, 1, 1, 1, 1, 0, 0]) + 0.1 * rng.normal(size=7) if kind else rng.normal(size=7)
    return (levels - levels.mean()) / levels.std()


def _smooth(rng, cycle):
    kind = rng.integers(3)
    phase = (cycle + rng.random()) % 1
    if kind == 0:
        return np.sin(2 * np.pi * phase)
    if kind == 1:
        return np.sin(2 * np.pi * phase) + rng.uniform(0.2, 0.8) * np.sin(
            4 * np.pi * phase + rng.uniform(0, 6)
        )
    return (phase < rng.uniform(0.2, 0.6)).astype(float)


def _noise(rng, noise, n, step, rhythm):
    white = rng.normal(size=n)
    if noise == "white":
        return white
    if noise == "ar1":
        return _ar1(white, rng.uniform(0.3, 0.95) ** (step / HOUR if step < HOUR else 1))
    if noise == "random walk":
        cycle = {"every 6h": 6 * HOUR, "monthly": 30 * DAY}.get(rhythm, WEEK if "week" in rhythm else DAY)
        return np.cumsum(white) / np.sqrt(cycle / 8 / step)
    if noise == "trend":
        return white + rng.uniform(-10, 10) * np.linspace(0, 1, n) ** rng.choice([1, 2])
    if noise == "level shifts":
        level = np.zeros(n)
        for at in rng.integers(0, n, rng.integers(1, 5)):
            level[at:] += rng.normal() * 4
        return white + level
    if noise == "spikes":
        return white + (rng.random(n) < 0.01) * rng.exponential(15, n)
    return rng.standard_t(2.5, n) * 0.6


def _ar1(white, phi):
    from scipy.signal import lfilter

    return lfilter([np.sqrt(1 - phi * phi)], [1, -phi], white)
