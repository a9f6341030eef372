"""The methods under rhythms, against what theory says of them."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.stats.coherence import coherence
from codesentinel.stats.fold import fold, moving_mean, without_level
from codesentinel.stats.normal_scores import normal_scores
from codesentinel.stats.periodogram import peaks
from codesentinel.stats.slot_gain import gain, left_out
from codesentinel.stats.welch import difference


def test_fold_averages_what_lies_in_a_slot_and_leaves_others_empty():
    position = np.array([0.0, 0.1, 0.5, 1.0, 2.6])
    cycles = fold(position, np.array([1.0, 3.0, 5.0, np.nan, 7.0]), 2)
    np.testing.assert_array_equal(cycles, [[2, 5], [np.nan, np.nan], [np.nan, 7]])


def test_a_moving_mean_averages_its_period_out_and_a_level_is_taken_off():
    x = np.arange(240.0)
    wave = np.sin(2 * np.pi * x / 24)
    assert np.abs(moving_mean(wave, 24)).max() < 1e-12
    rest = without_level(wave + 50 + 0.3 * x + 0.01 * x**2, 24)
    assert np.abs(rest - wave)[12:-12].max() < 1e-2


def test_normal_scores_keep_the_order_and_bound_what_is_far():
    scores = normal_scores(np.array([3.0, np.nan, 1.0, 1e9, 3.0]))
    assert np.isnan(scores[1])
    assert scores[0] == scores[4]
    assert scores[2] < scores[0] < scores[3] < 2


@pytest.mark.parametrize("count", [3, 4, 10, 30])
def test_p_values_of_noise_are_no_smaller_than_they_say(count):
    rng = np.random.default_rng(count)
    p = np.array([coherence(rng.normal(size=(count, 24))).p_value() for _ in range(1500)])
    for level in (0.2, 0.05, 0.01):
        assert np.mean(p < level) <= level + 3 * (level / len(p)) ** 0.5


def test_a_shared_shape_is_seen_from_three_cycles_on():
    shape = np.sin(np.arange(24) / 24 * 2 * np.pi)
    assert coherence(3 * shape + np.random.default_rng(1).normal(size=(3, 24))).p_value() < 1e-3
    assert coherence(np.tile(shape, (2, 1))).p_value() == 1.0


def test_a_peak_is_found_above_red_noise():
    walk = np.cumsum(np.random.default_rng(2).normal(size=4000))
    x = np.arange(4000)
    (top, *_) = peaks(without_level(walk + 3 * np.sin(2 * np.pi * x / 20), 400), lowest=0.01, highest=0.25)
    assert top.frequency == pytest.approx(1 / 20, abs=1 / 4000)
    assert top.p_value < 1e-9


def test_the_gain_of_no_rhythm_is_below_zero_and_of_a_pure_one_all():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(20, 24))
    none = gain(noise, left_out(noise))
    assert none is not None
    assert none.estimate == pytest.approx(-1 / 19, abs=0.03)
    pure = np.tile(rng.normal(size=24), (5, 1))
    assert gain(pure, left_out(pure)).estimate == pytest.approx(1)
    assert gain(pure[:1], left_out(pure[:1])) is None


def test_welch_gives_the_figures_of_the_textbook():
    one = np.array([27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4])
    other = np.array(
        [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 31.3]
    )
    found = difference(one, other)
    assert found.p_value == pytest.approx(0.00653, abs=5e-4)
    assert found.lower < found.estimate < found.upper < 0
