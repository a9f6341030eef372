"""The exact interval is that of scipy, and covers at least as often as it says."""

from __future__ import annotations

import pytest
import scipy.stats

from codesentinel.stats.proportion import exact_proportion, proportion


@pytest.mark.parametrize(("hits", "trials"), [(0, 8), (4, 4), (1, 7), (25, 26), (0, 141), (300, 1000)])
def test_the_exact_interval_is_clopper_and_pearsons(hits, trials):
    found = exact_proportion(hits, trials)
    known = scipy.stats.binomtest(hits, trials).proportion_ci(method="exact")
    assert (found.lower, found.upper) == pytest.approx((known.low, known.high), abs=1e-7)
    assert found.estimate == hits / trials


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5, 0.9])
def test_the_exact_interval_holds_at_least_as_often_as_it_says(ratio):
    trials = 12
    chances = scipy.stats.binom.pmf(range(trials + 1), trials, ratio)
    held = sum(
        chance
        for hits, chance in enumerate(chances)
        if exact_proportion(hits, trials).lower <= ratio <= exact_proportion(hits, trials).upper
    )
    assert held >= 0.95


@pytest.mark.parametrize("interval", [exact_proportion, proportion])
def test_what_was_not_tried_has_no_ratio(interval):
    assert interval(0, 0) is None
    for hits, trials in ((2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="of"):
            interval(hits, trials)
