"""Which periods are real: series with a known rhythm, or none, in noise of many colours."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK, Grid, grid
from codesentinel.analysis.trends.seasonality.periods import find_periods

START = 1_772_409_600.0
HOUR = 3600.0
TIMES = START + HOUR * np.arange(35 * 24)


def noise(kind, seed, n=35 * 24):
    white = np.random.default_rng(seed).normal(size=n)
    if kind == "random walk":
        return np.cumsum(white)
    if kind == "red":
        red = white.copy()
        for i in range(1, n):
            red[i] += 0.9 * red[i - 1]
        return red
    if kind == "shifts":
        return white + np.repeat(np.random.default_rng(seed + 1).normal(size=7) * 5, n // 7)
    if kind == "heavy tails":
        return np.random.default_rng(seed).standard_t(2, n)
    return white + (20 * np.linspace(0, 1, n) ** 2 if kind == "trend" else 0)


KINDS = ("white", "red", "random walk", "shifts", "heavy tails", "trend")


def periods(values, times=TIMES):
    laid = grid(times, values)
    assert isinstance(laid, Grid)
    return [one.period_seconds for one in find_periods(laid)]


@pytest.mark.parametrize("kind", KINDS)
def test_noise_of_any_colour_has_no_rhythm(kind):
    assert sum(len(periods(noise(kind, seed))) for seed in range(10, 25)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_daily_rhythm_is_found_alone(kind):
    values = noise(kind, 3)
    values += 3 * np.std(np.diff(values)) * np.sin(2 * np.pi * TIMES / DAY)
    assert periods(values) == [DAY]


def test_working_days_are_a_weekly_rhythm():
    working = ((TIMES - START) // DAY % 7 < 5) * 2.0
    assert periods(working + noise("white", 4)) == [WEEK]


def test_a_day_and_a_week_are_both_told():
    values = 2 * np.sin(2 * np.pi * TIMES / DAY) + ((TIMES - START) // DAY % 7 < 5) * 2.0
    assert periods(values + noise("white", 5)) == [WEEK, DAY]


@pytest.mark.parametrize("hours", [5, 6, 8, 11])
def test_a_batch_of_another_period_is_told_by_its_own(hours):
    batch = (((TIMES - START) % (hours * HOUR)) < HOUR) * 4.0
    assert periods(batch + noise("white", hours)) == [hours * HOUR]


def test_a_daily_peak_of_an_hour_is_daily_and_not_its_harmonics():
    peak = (TIMES % DAY == 3 * HOUR) * 6.0
    assert periods(peak + noise("white", 6)) == [DAY]


def test_months_are_the_calendars():
    times = START + HOUR * np.arange(24 * 300)
    day = (times // DAY).astype(int).astype("datetime64[D]")
    first_days = (day - day.astype("datetime64[M]")).astype(int) < 5
    (found,) = periods(3.0 * first_days + noise("white", 7, len(times)), times)
    assert found == pytest.approx(30.44 * DAY, rel=0.01)


def test_gaps_change_nothing():
    values = 2 * np.sin(2 * np.pi * TIMES / DAY) + noise("white", 8)
    values[np.random.default_rng(9).random(len(values)) < 0.2] = np.nan
    values[200:260] = np.nan
    assert periods(values) == [DAY]
