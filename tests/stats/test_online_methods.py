"""The online methods beside their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.stats.ewma import ewma, in_usual_amounts, strayed
from codesentinel.stats.experts import followed
from codesentinel.stats.recursive_least_squares import autoregression_errors
from codesentinel.stats.slot_profile import slot_predictions
from codesentinel.stats.tail import USUAL, excesses


def noise(count=20_000, seed=7):
    return np.random.default_rng(seed).normal(0, 1, count)


def test_an_ewma_is_a_mean_first_and_then_forgets():
    values = noise(50)
    means = ewma(values, 0.1)
    np.testing.assert_allclose(means[:10], np.cumsum(values[:10]) / np.arange(1, 11))
    np.testing.assert_allclose(means[10:], 0.9 * means[9:-1] + 0.1 * values[10:])


def test_what_strayed_is_the_distance_of_two_memories():
    values = noise(500)
    expected = np.abs(ewma(values, 0.2) - np.append(values[0], ewma(values, 0.01)[:-1]))
    np.testing.assert_allclose(strayed(values, 0.2, 0.01), expected, atol=1e-12)


def test_amounts_do_not_depend_on_the_unit():
    values = np.exp(noise(2000))
    np.testing.assert_allclose(in_usual_amounts(values * 1e6 + 0.0, 0.01), in_usual_amounts(values, 0.01))
    assert np.all(in_usual_amounts(np.full(10, 3.0), 0.01) == 0)


def test_a_profile_predicts_its_slot_from_the_past_alone():
    slots = np.tile(np.arange(3), 100)
    values = np.array([1.0, 5.0, 9.0])[slots]
    predicted = slot_predictions(values, slots, 3, 0.1)
    np.testing.assert_array_equal(predicted[3:], values[3:])
    changed = values.copy()
    changed[150:] = -7
    np.testing.assert_array_equal(slot_predictions(changed, slots, 3, 0.1)[:151], predicted[:151])


def test_the_expert_that_was_best_of_late_is_followed():
    values = np.concatenate((np.zeros(200), np.ones(200)))
    predictions = np.stack((np.ones(400), np.zeros(400)))
    chosen = followed(values, predictions, 0.05)
    assert chosen[0] == 1
    assert np.all(chosen[1:200] == 0)
    assert np.all(chosen[300:] == 1)


def test_an_autoregression_is_learned():
    values = np.zeros(20_000)
    for t, shock in enumerate(noise()):
        values[t] = 0.95 * values[t - 1] + shock
    errors = autoregression_errors(values, np.array([1, 2, 5]))
    learned = errors[5000:]
    assert abs(np.corrcoef(learned[1:], learned[:-1])[0, 1]) < 0.05
    assert learned.std() < 0.5 * np.std(values / np.abs(values).mean())


def test_a_series_that_stands_still_for_years_teaches_no_nonsense():
    values = np.concatenate((noise(1000), np.zeros(1_500_000), noise(1000)))
    assert np.all(np.isfinite(autoregression_errors(values, np.array([1, 2, 3, 4, 6, 8, 12]))))


@pytest.mark.parametrize("law", ["exponential", "normal"])
def test_the_tail_is_as_heavy_as_it_says(law):
    chance = np.random.default_rng(11)
    values = chance.exponential(1, 200_000) if law == "exponential" else np.abs(chance.normal(0, 1, 200_000))
    beyond, thresholds = excesses(values, 240, USUAL)
    share = (beyond[5000:] > 0).mean()
    assert share == pytest.approx(0.01, rel=0.3)
    assert (beyond[5000:] > 2).mean() == pytest.approx(
        0.01 * np.exp(-2), rel=0.5 if law == "exponential" else 0.7
    )
    assert np.isnan(thresholds[:240]).all()
    assert (beyond[:240] == 0).all()


def test_one_outlier_does_not_become_the_norm():
    values = np.abs(noise(5000))
    values[3000] = 1e9
    beyond, _ = excesses(values, 240, USUAL)
    assert beyond[3000] > 1e8
    values[3100] = 1e6
    assert excesses(values, 240, USUAL)[0][3100] > 1e4


def test_nothing_is_too_short():
    for count in (0, 1, 2):
        values = np.zeros(count)
        assert ewma(values, 0.1).size == strayed(values, 0.1, 0.01).size == count
        assert excesses(values, 240, USUAL)[0].size == count
        assert autoregression_errors(values, np.array([1, 2])).size == count
        assert slot_predictions(values, np.zeros(count, dtype=np.int64), 1, 0.1).size == count


def test_what_never_changed_and_then_does_is_strange_until_it_is_usual():
    values = np.concatenate((np.zeros(2000), np.abs(noise(3000))))
    beyond, _ = excesses(values, 240, USUAL)
    assert beyond[2000] == 1e9
    assert np.all(beyond[2500:] < 100)
