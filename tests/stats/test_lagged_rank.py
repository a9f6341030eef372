"""What depends is found at its lag; what is merely slow is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from codesentinel.stats.effective_size import effective_size, memory
from codesentinel.stats.false_discovery import adjusted
from codesentinel.stats.lagged_rank import LEVELS, STEPS, lagged_ranks
from codesentinel.stats.ranks import average_ranks

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "efficiency"))
import false_discoveries


def walks(seed, n=240):
    chance = np.random.default_rng(seed)
    return np.cumsum(chance.standard_normal((2, n)), axis=1)


def best(found, of):
    return min((one for one in found if one.of == of), key=lambda one: one.p_value)


def test_independent_noise_is_worth_its_number_and_a_random_walk_next_to_nothing():
    chance = np.random.default_rng(1)
    noise = chance.standard_normal((2, 300))
    assert effective_size(memory(noise[0]), memory(noise[1]), 300) > 200
    one, other = walks(1, 300)
    assert effective_size(memory(one), memory(other), 300) < 12


def test_the_worth_of_two_autoregressions_is_near_the_formula():
    chance = np.random.default_rng(2)
    pairs = [[false_discoveries.series("AR(1) 0.9", 2000, chance) for _ in range(2)] for _ in range(10)]
    worth = np.mean([effective_size(memory(one), memory(other), 2000) for one, other in pairs])
    assert worth == pytest.approx(2000 * (1 - 0.81) / (1 + 0.81), rel=0.25)


def test_a_dependence_is_found_at_its_lag_though_both_wander():
    cause, noise = walks(3)
    effect = np.r_[np.zeros(3), cause[:-3]] + 0.3 * noise
    found = best(lagged_ranks(cause, effect, range(-1, 6)), STEPS)
    assert found.lag == 3
    assert found.p_value < 1e-6
    assert found.lower < found.coefficient < found.upper
    assert found.lower > 0.5


def test_a_falling_effect_has_a_negative_coefficient():
    chance = np.random.default_rng(4)
    cause = chance.standard_normal(100)
    assert best(lagged_ranks(cause, -cause, [0]), LEVELS).coefficient == pytest.approx(-1)


def test_what_load_explains_is_gone_once_load_is_taken_away():
    chance = np.random.default_rng(5)
    load = false_discoveries.series("AR(1) 0.9", 200, chance)
    one, other = (load + 0.3 * chance.standard_normal(200) for _ in range(2))
    assert best(lagged_ranks(one, other, [0]), LEVELS).p_value < 1e-3
    apart = lagged_ranks(one, other, [0], apart_from=[load])
    assert min(found.p_value for found in apart) > 0.01
    assert all(abs(found.coefficient) < 0.25 for found in apart)


def test_what_remains_beside_load_is_kept():
    chance = np.random.default_rng(6)
    load, own = chance.standard_normal((2, 200))
    assert lagged_ranks(load + own, load + own, [0], apart_from=[load])[0].coefficient > 0.99
    assert lagged_ranks(load, load, [0], apart_from=[load])[0].p_value == 1.0


@pytest.mark.parametrize(
    "values",
    [np.full(60, 3.0), np.full(60, np.nan), np.zeros(3), np.zeros(0), np.r_[np.ones(59), np.nan]],
    ids=["constant", "nan", "three", "none", "constant and nan"],
)
def test_nothing_is_said_of_what_does_not_vary_or_is_not_there(values):
    other = np.arange(float(len(values)))
    assert all(one.p_value == 1.0 for one in lagged_ranks(values, other, [0, 1]))


def test_gaps_are_left_out():
    cause = np.random.default_rng(7).standard_normal(100)
    effect = cause.copy()
    effect[::7] = np.nan
    found = best(lagged_ranks(cause, effect, [0]), LEVELS)
    assert found.coefficient == pytest.approx(1)
    assert found.worth <= 85


@pytest.mark.parametrize("n", [90, 240])
def test_independent_metrics_are_hardly_ever_explained_by_each_other(n):
    """A slice of the benchmark: 140 pairs of seven kinds; at 5 % a chance of 1 in 1000 to call 16 or more."""
    shares = false_discoveries.measure(140, n, seed=11)
    ours, pearson, power = (sum(column) / len(shares) for column in zip(*shares.values(), strict=True))
    assert ours * 140 < 16
    assert pearson > 0.4
    assert power > 0.85


def test_ranks_adjustments_and_p_values_are_those_of_scipy():
    chance = np.random.default_rng(8)
    values = chance.integers(0, 20, 100).astype(float)
    np.testing.assert_array_equal(average_ranks(values), scipy.stats.rankdata(values))
    p_values = chance.random(50) ** 3
    np.testing.assert_allclose(adjusted(p_values), scipy.stats.false_discovery_control(p_values))
    assert len(adjusted([])) == len(average_ranks(np.zeros(0))) == 0
    one, other = chance.standard_normal((2, 4000))
    other += 0.02 * one
    ours = lagged_ranks(one, other, [0])[0]
    theirs = scipy.stats.spearmanr(one, other)
    assert ours.coefficient == pytest.approx(theirs.statistic)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=0.2)
