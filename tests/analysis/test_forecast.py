"""Forecasts: better than naive where there is something to learn, honest in width, and never a crash."""

from __future__ import annotations

import time

import numpy as np
import pytest

from codesentinel.analysis.trends.forecast.classical import Classical
from codesentinel.analysis.trends.forecast.judge import Question, forecast
from codesentinel.model.series import Series

HOUR, DAY = 3600.0, 86400.0
START = 1_700_000_000 // 86400 * 86400.0


def series(values, step=HOUR, start=START):
    values = np.asarray(values, dtype=float)
    return Series({}, start + step * np.arange(len(values)), values)


def rhythm(days=28, seed=1, noise=4.0):
    hours = np.arange(24 * days)
    week = np.where((hours // 24) % 7 < 5, 1.0, 0.6)
    rng = np.random.default_rng(seed)
    return week * (100 + 40 * np.sin(2 * np.pi * hours / 24)) + rng.normal(0, noise, len(hours))


def test_a_week_is_learnt_and_its_interval_holds():
    inside, errors, naive = [], [], []
    for seed in range(12):
        values = rhythm(30, seed)
        made = forecast(series(values[:-48]), Question(2 * DAY))
        truth = values[-48:]
        assert made.reason == ""
        assert made.season_seconds == (DAY, 7 * DAY)
        inside.append((truth >= made.lower) & (truth <= made.upper))
        errors.append(np.abs(truth - made.mean).mean())
        naive.append(np.abs(truth - np.resize(values[-72:-48], 48)).mean())
    assert np.mean(errors) < 0.6 * np.mean(naive)
    assert 0.88 <= np.mean(inside) <= 0.995


def test_a_lower_level_gives_a_narrower_interval():
    wide, narrow = (forecast(series(rhythm()), Question(DAY, level)) for level in (0.95, 0.8))
    assert (narrow.upper - narrow.lower).mean() < 0.8 * (wide.upper - wide.lower).mean()
    assert wide.mean.tolist() == narrow.mean.tolist()


def test_times_go_on_where_the_history_ends():
    made = forecast(series(rhythm()), Question(DAY))
    assert made.times[0] == START + 28 * DAY
    assert np.diff(made.times).tolist() == [HOUR] * 23
    assert made.horizon_seconds == DAY


def test_gaps_do_not_matter_much():
    values = rhythm()
    holes = values.copy()
    holes[np.random.default_rng(3).random(len(values)) < 0.1] = np.nan
    holes[300:330] = np.nan
    whole, holed = (forecast(series(one), Question(DAY)) for one in (values, holes))
    assert np.abs(holed.mean - whole.mean).mean() < 6
    assert any("filled in" in note for note in holed.notes)


def test_shuffled_and_repeated_samples_are_the_same_history():
    one = series(rhythm())
    order = np.random.default_rng(1).permutation(np.append(np.arange(len(one)), np.arange(50)))
    again = forecast(Series({}, one.times[order], one.values[order]), Question(DAY))
    assert again.mean == pytest.approx(forecast(one, Question(DAY)).mean)


def test_a_drift_is_carried_on():
    values = 50 + 0.5 * np.arange(400) + np.random.default_rng(2).normal(0, 1, 400)
    made = forecast(series(values), Question(DAY))
    assert made.season_seconds == ()
    assert made.mean[-1] == pytest.approx(50 + 0.5 * 423, abs=4)


def test_what_cannot_be_negative_is_not_forecast_so():
    values = np.maximum(np.random.default_rng(4).normal(0, 2, 600), 0)
    made = forecast(series(values), Question(DAY))
    assert made.lower.min() >= 0
    assert made.upper.max() > 0


@pytest.mark.parametrize("model", ["seasonal-naive", "linear", "autoregression"])
def test_one_method_alone_can_be_asked_for(model):
    made = forecast(series(rhythm()), Question(DAY, model=model))
    words = {"seasonal-naive": ("season of", "last value"), "linear": ("drift",)}.get(
        model, ("autoregression",)
    )
    assert made.reason == ""
    assert all(any(word in part for word in words) for part in made.model.split(", "))


def test_libraries_models_have_a_say_where_there_is_no_season():
    values = 100 + np.cumsum(np.random.default_rng(6).normal(0.1, 1, 200))
    classical = Classical(("theta", "ets"), 60.0, time.monotonic)
    made = forecast(series(values), Question(6 * HOUR, classical=classical))
    assert made.reason == ""
    assert "theta" in made.model or "ets" in made.model
    spent = Classical(("theta",), 0.0, time.monotonic)
    assert "theta" not in forecast(series(values), Question(6 * HOUR, classical=spent)).model


ODD = {
    "empty": [],
    "one": [1.0],
    "two points": [1.0, 2.0],
    "all NaN": [np.nan] * 500,
    "short": list(range(30)),
    "infinite": [np.inf] * 300,
    "mostly missing": [1.0, *([np.nan] * 6)] * 60,
    "huge": [1e300, -1e300] * 200,
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_judged_says_why(name):
    step = 600.0 if name == "mostly missing" else HOUR
    made = forecast(series(ODD[name], step), Question(DAY, step_seconds=step))
    assert made.reason
    assert made.model == ""
    assert len(made.mean) == 0


def test_a_constant_is_forecast_and_says_what_that_is_worth():
    made = forecast(series([5.0] * 200), Question(DAY))
    assert set(made.mean) == set(made.upper) == {5.0}
    assert "never changed" in made.notes[0]


@pytest.mark.parametrize(
    "values",
    [
        [0.0] * 300 + [1.0] * 100,
        [0.0] * 399 + [1.0],
        list(np.tile([1.0, 2.0], 200)),
        list(1e-300 * np.arange(1, 401)),
        list(-np.exp(np.arange(400) / 20)),
        list(np.exp(np.arange(400) / 2)[:400] % 1e90 + 1),
        list(range(400)),
    ],
)
def test_odd_histories_give_numbers(values):
    made = forecast(series(values), Question(DAY))
    assert made.reason == ""
    for one in (made.mean, made.lower, made.upper):
        assert np.isfinite(one).all()
    assert (made.lower <= made.mean).all()
    assert (made.mean <= made.upper).all()


def test_ten_years_of_hours_are_no_trouble():
    made = forecast(series(rhythm(3650)), Question(DAY))
    assert made.reason == ""
