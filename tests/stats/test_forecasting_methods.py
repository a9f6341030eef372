"""Autoregressions, conformal intervals, grids and scales: against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.stats.autocorrelation import autocorrelation
from codesentinel.stats.autoregression import Form, aligned, fitted, rolled
from codesentinel.stats.conformal import held, independent, quantile, reaches
from codesentinel.stats.grid import even_steps, filled, gridded, means_by_step
from codesentinel.stats.log_scale import scale_of


def ar2(n=3000, seed=1, spikes=0):
    rng = np.random.default_rng(seed)
    y = np.zeros(n)
    for t in range(2, n):
        y[t] = 1.2 * y[t - 1] - 0.5 * y[t - 2] + rng.normal()
    y[rng.integers(0, n, spikes)] += 40
    return y


def test_the_weights_of_an_autoregression_are_found():
    y = ar2()
    weights = fitted(y, np.ones(len(y), bool), Form((1, 2)))[-1]
    assert weights[::-1][1:] == pytest.approx([1.2, -0.5], abs=0.05)


def test_outliers_hardly_turn_them():
    y = ar2(spikes=5)
    known = np.ones(len(y), bool)
    plain, robust = (fitted(y, known, Form((1, 2)), rounds=n)[-1] for n in (0, 3))
    assert abs(robust[1] - 1.2) < abs(plain[1] - 1.2) / 2


def test_holding_back_is_the_same_as_not_having_seen():
    y = ar2(400)
    known = np.ones(len(y), bool)
    held = fitted(y, known, Form((1, 3)), [(100, 180)], rounds=0)[0]
    unseen = known.copy()
    unseen[100:180] = False
    assert held == pytest.approx(fitted(y, unseen, Form((1, 3)), rounds=0)[-1], abs=1e-9)


def test_a_form_on_differences_gives_weights_on_values():
    y = np.cumsum(ar2(2000))
    weights = fitted(y / y.std(), np.ones(len(y), bool), Form((1, 2), 1))[-1]
    assert weights[:-1].sum() == pytest.approx(1)  # a level that is not known keeps
    assert len(weights) == Form((1, 2), 1).reach + 1


def test_forecasts_roll_on_and_never_run_away():
    y = 2.0 ** np.arange(12)
    doubling = np.array([[2.0, 0.0]])
    weights = aligned([doubling, np.array([[0.0, 1.0, 0.0]])])
    found = rolled(y, weights[:, [0, 0]], np.array([4, 12]), 3)
    assert found[0, 0].tolist() == [16, 32, 64]
    assert found[1, 0].tolist() == [8, 8, 8]
    assert found[0, 1].max() <= 2 * y.max()


def test_intervals_hold_their_share_and_have_the_shape_of_the_errors():
    rng = np.random.default_rng(5)
    growth = np.sqrt(np.arange(1, 25))
    held = []
    for _ in range(200):
        slots = (np.arange(31)[:, None] * 7 + np.arange(24)) % 24
        errors = rng.normal(size=(31, 24)) * growth * (1 + (slots < 8))
        found = reaches(errors[:-1], slots[:-1], slots[-1], 0.9)
        held.append(np.abs(errors[-1]) <= found)
    assert np.mean(held) == pytest.approx(0.9, abs=0.03)
    assert found[20:].mean() > 1.5 * found[:3].mean()


def test_where_nothing_was_measured_no_interval_is_made():
    with pytest.raises(ValueError, match="no error"):
        reaches(np.full((3, 2), np.nan), np.zeros((3, 2), int), np.zeros(2, int), 0.9)


def test_a_weighted_quantile_and_the_worth_of_scores():
    assert quantile(np.array([[1.0, 2.0, 9.0]]), np.array([[1.0, 1.0, 2.0]]), 0.5) == 2.0
    assert quantile(np.array([[1.0, 2.0, 9.0]]), np.ones((1, 3)), 1.2) == 9.0
    rng = np.random.default_rng(2)
    scores, trust = rng.normal(size=(20, 50)), np.ones((20, 50))
    assert independent(scores, trust) > 700
    assert independent(np.repeat(scores[:, :1], 50, axis=1), trust) < 60


def test_samples_come_onto_a_grid_in_whatever_order():
    grid = gridded(np.array([60.0, 0, 119, 240, 121, 240]), np.array([2.0, 1, 3, 5, 4, 7]), 60)
    assert grid.start == 0
    assert grid.values.tolist()[:3] == [1, 2, 3.5]
    assert np.isnan(grid.values[3])
    assert grid.values[4] == 6
    for times, step in (([], 60), ([1.0], 0), ([0.0, 1e12], 60)):
        with pytest.raises(ValueError):
            gridded(np.array(times), np.array(times), step)


def test_even_steps_have_a_usual_length_and_are_no_more_than_asked_for():
    times = np.arange(0.0, 86400 * 3, 37)
    steps = even_steps(times, np.full(len(times), 0.1), 720)
    assert (steps.step, steps.day, steps.end) == (600, 144, times[-1])
    assert len(steps.values) <= 720
    assert set(steps.values.tolist()) == {0.1}
    assert even_steps(np.array([0.0, 86400 * 3000]), np.array([1.0, 2]), 720).day == 0
    with pytest.raises(ValueError, match="fewer than two moments"):
        even_steps(np.array([7.0, 7]), np.array([1.0, 2]), 720)


def test_whatever_is_a_number_has_a_mean():
    huge = np.array([1.7e308, -1.7e308, 1.7e308, 1.7e308, 5e-324])
    means = means_by_step(np.array([0, 0, 1, 1, 3]), huge)
    assert means[[0, 1]].tolist() == [0, 1.7e308]
    assert np.isnan(means[2])
    assert means_by_step(np.array([], dtype=np.intp), np.array([])).size == 0


def test_gaps_are_filled_by_the_season_else_by_a_line():
    values = np.array([1.0, 5, 9, np.nan, 5, 9, 1, np.nan, np.nan])
    assert filled(values, 3).tolist() == [1, 5, 9, 1, 5, 9, 1, 5, 9]
    assert filled(np.array([1.0, np.nan, 3])).tolist() == [1, 2, 3]
    assert filled(np.array([np.nan, 5, 9, 1, 5, 9]), 3)[0] == 1


@pytest.mark.parametrize("values", [[1.0, 5, 9], [0.0, 3, 1e6], [-4.0, 0, 2], [0.0, 0, 0], [7.0, 7, 7]])
def test_a_scale_leads_back_to_where_it_came_from(values):
    values = np.array(values)
    scale = scale_of(values)
    assert scale.back(scale.there(values)) == pytest.approx(values, rel=1e-9, abs=1e-9)
    assert np.isfinite(scale.back(np.array([-1e9, 1e9]))).all()
    if values.min() >= 0 and values.max() > 0:
        assert scale.back(np.array([-1e6])) >= 0


def test_a_sine_resembles_itself_a_period_ago():
    found = autocorrelation(np.sin(2 * np.pi * np.arange(480) / 24), 48)
    assert found[[0, 12, 24, 48]] == pytest.approx([1, -1, 1, 1], abs=0.01)
    assert autocorrelation(np.full(9, 3.0), 4).tolist() == [1, 0, 0, 0, 0]


def test_what_an_interval_held_is_measured_on_the_newest_errors_alone():
    rng = np.random.default_rng(2)
    errors, slots = rng.standard_normal((30, 24)), np.zeros((30, 24), np.intp)
    apart = 10 * np.arange(30)
    assert held(errors, slots, apart, 0.9) == pytest.approx(0.9, abs=0.06)
    errors[20:] *= 5
    assert held(errors, slots, apart, 0.9) < 0.4
    errors[20:] = np.nan
    assert held(errors, slots, apart, 0.9) is None
    assert held(errors[:8], slots[:8], apart[:8], 0.9) is None  # origins overlap: too few are older
