"""Intervals hold what they promise: their real coverage, counted on samples with a known truth."""

from __future__ import annotations

import random

import pytest

from codesentinel.stats.median import median_interval
from codesentinel.stats.proportion import proportion


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("trials", [10, 40, 300])
def test_the_interval_of_a_proportion_covers_the_truth(truth, trials):
    chance = random.Random(f"{truth} {trials}")
    covered = 0
    for _ in range(2000):
        found = proportion(sum(chance.random() < truth for _ in range(trials)), trials)
        covered += found.lower <= truth <= found.upper
    assert covered / 2000 > 0.91, "exactly 93.0 % at its worst here, 10 trials of 0.1"


@pytest.mark.parametrize("count", [6, 11, 50, 999, 1001])
def test_the_interval_of_a_median_covers_the_truth_whatever_the_shape(count):
    chance = random.Random(count)
    truth, covered, runs = 1.0, 0, 400 if count > 100 else 2000
    for _ in range(runs):
        found = median_interval(2 ** chance.gauss(0, 3) for _ in range(count))
        covered += found.lower <= truth <= found.upper
    assert covered / runs > 0.925


def test_known_values():
    assert proportion(0, 0) is None
    assert proportion(0, 10) == pytest.approx((0.0, 0.0, 0.2775), abs=1e-4)
    assert proportion(10, 10) == pytest.approx((1.0, 0.7225, 1.0), abs=1e-4)
    assert proportion(5, 10) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)
    assert median_interval([]) is None
    assert median_interval([3, 1, 2]) == (2, None, None)
    assert median_interval(range(1, 7)) == (3.5, 1, 6), "1 - 2/64 = 96.9 %"
    assert median_interval(range(1, 21)) == (10.5, 6, 15), "the table of David and Nagaraja: 95.9 %"
    with pytest.raises(ValueError, match="3 of 2"):
        proportion(3, 2)
