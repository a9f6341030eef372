"""E-values are e-values: their mean under the null hypothesis, and how often they are ever large."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, nct, poisson, t

from codesentinel.stats import mean_ratio
from codesentinel.stats.dispersion import dispersion
from codesentinel.stats.rate_ratio import LARGER, SMALLER, Counts, bounds, log_evidence


def evidence(x, y, n, m, **options):
    """Of one block each."""
    shape = (1, len(x))
    counts = Counts(x.reshape(shape), y.reshape(shape), np.array([float(n)]), np.array([float(m)]))
    return np.exp(log_evidence(counts, np.ones(shape), **options)[0])


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("extra", [0.0, 0.02])
@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3])
@pytest.mark.parametrize("split", [(40, 40), (10, 60)])
@pytest.mark.parametrize("grid", [LARGER, SMALLER], ids=["larger", "smaller"])
def test_the_mean_is_at_most_1_where_the_null_hypothesis_just_holds(ratio, extra, rate, split, grid):
    n, m = split
    x, y = (one.ravel() for one in np.meshgrid(np.arange(n + 1.0), np.arange(m + 1.0)))
    e = evidence(x, y, n, m, ratio=ratio, extra=extra, grid=grid)
    chance = binom.pmf(x, n, ratio * rate + extra) * binom.pmf(y, m, rate)

    assert (e * chance).sum() <= 1 + 1e-9


def test_of_poisson_counts_it_is_1():
    x, y = (one.ravel() for one in np.meshgrid(np.arange(120.0), np.arange(120.0)))
    e = evidence(x, y, 100, 200, ratio=1.5, extra=0.01, grid=LARGER[:3])
    chance = poisson.pmf(x, 100 * (1.5 * 0.1 + 0.01)) * poisson.pmf(y, 200 * 0.1)

    assert (e * chance).sum() == pytest.approx(1.0, abs=1e-4)


def test_the_bounds_are_where_there_is_just_enough_evidence():
    x, y, n, m = 60.0, 45.0, 1000.0, 1500.0
    (low,), (high,) = bounds(np.array([[x]]), np.array([[y]]), np.array([[n / m]]), 0.05)

    for ratio, grid in ((low, LARGER), (high, SMALLER)):
        e = evidence(np.array([x]), np.array([y]), n, m, ratio=ratio, extra=0.0, grid=grid)
        assert e == pytest.approx(20.0, rel=1e-3)
    assert low < (x / n) / (y / m) < high


def test_bounds_are_open_where_nothing_was_seen():
    (low, none), (high, _) = bounds(
        np.array([[0.0], [5.0]]), np.array([[400.0], [0.0]]), np.array([[1.0], [1.0]]), 0.05
    )

    assert (low, none > 0) == (0.0, True)
    assert high < 0.05
    assert bounds(np.zeros((1, 1)), np.zeros((1, 1)), np.array([[1.0]]), 0.05)[1][0] == np.inf


def test_blocks_in_which_an_arm_had_no_request_say_nothing():
    counts = Counts(
        np.array([[5.0], [7.0]]), np.array([[1.0], [0.0]]), np.array([9.0, 9.0]), np.array([9.0, 0.0])
    )
    first, second = log_evidence(counts, np.ones((2, 1)), ratio=1.0, extra=0.0, grid=LARGER)[:, 0]

    assert first == second
    assert dispersion(counts, 0.0)[1, 0] == 1.0


def test_scatter_is_measured_about_the_common_ratio():
    rng = np.random.default_rng(5)
    rates = 40 * np.exp(rng.normal(0, 0.5, 400))  # what both arms share is no scatter, nor is a difference

    def scatter(one, other):
        n = np.full(len(one), 1000.0)
        counts = Counts(one[:, None].astype(float), other[:, None].astype(float), n, n)
        return dispersion(counts, 0.0)[-1, 0]

    assert scatter(rng.poisson(3 * rates), rng.poisson(rates)) == pytest.approx(1.0, abs=0.15)
    own = rng.gamma(4.0, 0.25, (2, 400))
    assert scatter(rng.poisson(rates * own[0]), rng.poisson(rates * own[1])) > 4


def test_the_evidence_on_means_is_a_ratio_of_noncentral_t():
    rng = np.random.default_rng(1)
    a, b = 1.3 + rng.standard_normal(12), rng.standard_normal(12)
    found = mean_ratio.log_evidence(a, b, ratio=1.0, extra=0.0)[-1]
    statistic = (a - b).mean() / ((a - b).std(ddof=1) / np.sqrt(12))
    ratios = [nct.pdf(statistic, 11, one * np.sqrt(12)) / t.pdf(statistic, 11) for one in mean_ratio.DELTAS]

    assert np.exp(found) == pytest.approx(np.mean(ratios), rel=1e-4)


def test_the_bounds_of_means_are_where_there_is_just_enough_evidence():
    rng = np.random.default_rng(2)
    a, b = 1.2 + 0.1 * rng.standard_normal(20), 1.0 + 0.1 * rng.standard_normal(20)
    low, high = mean_ratio.bounds(a, b, 0.05)

    assert np.exp(mean_ratio.log_evidence(a, b, ratio=low, extra=0.0)[-1]) == pytest.approx(20.0, rel=1e-6)
    above = mean_ratio.log_evidence(a, b, ratio=high, extra=0.0, smaller=True)[-1]
    assert np.exp(above) == pytest.approx(20.0, rel=1e-6)
    assert mean_ratio.bounds(a[:1], b[:1], 0.05) == (0.0, np.inf)


def test_equal_means_are_seldom_taken_for_different_ones():
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(400):
        a, b = 1 + 0.1 * rng.standard_normal((2, 40))
        alarms += (mean_ratio.log_evidence(a, b, ratio=1.0, extra=0.0) >= np.log(20)).any()

    assert alarms <= 0.05 * 400
