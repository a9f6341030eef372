"""What procedures are judged by: against libraries, and on simulations whose answer is known."""

from __future__ import annotations

import random

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats as scipy_stats
from scipy.optimize import minimize
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from codesentinel.stats.proportion import proportion
from codesentinel.stats.shrinkage import pool
from codesentinel.stats.stratified import cochran_mantel_haenszel
from codesentinel.stats.survival import CENSORED, Duration, incidence, survival_quantile
from codesentinel.stats.two_versions import Stratum, evidence, log_evidence, more_runs


def test_kaplan_meier_and_the_cumulative_incidence_are_statsmodels_to_the_digit():
    chance = np.random.default_rng(5)
    seconds = np.round(chance.lognormal(4, 1, 300), 0)  # with ties
    cause = chance.integers(-1, 2, 300)
    steps = incidence([Duration(s, c, 1) for s, c in zip(seconds, cause, strict=True)], 2)
    curve = SurvfuncRight(seconds, cause != CENSORED)
    assert [step.seconds for step in steps] == pytest.approx(curve.surv_times)
    assert [step.surviving for step in steps] == pytest.approx(curve.surv_prob, abs=1e-12)
    for q in (0.25, 0.5, 0.75):
        assert survival_quantile(steps, q) == curve.quantile(q)
    other = CumIncidenceRight(seconds, cause + 1)
    at = dict(zip(other.times, np.array(other.cinc).T, strict=True))
    for step in steps:
        assert step.ended == pytest.approx(at[step.seconds], abs=1e-9)
        assert sum(step.ended) + step.surviving == pytest.approx(1)


def test_durations_may_come_in_any_order_and_counted_together():
    each = [Duration(1.0, 0, 1), Duration(2.0, CENSORED, 1), Duration(2.0, CENSORED, 1), Duration(3.0, 0, 1)]
    together = [Duration(3.0, 0, 1), Duration(2.0, CENSORED, 2), Duration(1.0, 0, 1)]
    assert incidence(each, 1) == incidence(together, 1)
    assert survival_quantile(incidence(each, 1), 0.5) == 3.0
    assert survival_quantile(incidence(each[:3], 1), 0.5) is None
    assert incidence([], 1) == []


def test_aborted_runs_make_the_median_longer_not_shorter():
    chance = np.random.default_rng(1)
    true = chance.lognormal(np.log(120), 1, 4000)
    patience = chance.lognormal(np.log(200), 1, 4000)
    seen = np.minimum(true, patience)
    done = true <= patience
    steps = incidence([Duration(s, 0 if d else CENSORED, 1) for s, d in zip(seen, done, strict=True)], 1)
    assert survival_quantile(steps, 0.5) == pytest.approx(120, rel=0.08)
    assert np.median(seen[done]) < 100


def test_the_test_of_one_look_is_that_of_statsmodels():
    strata = [Stratum(10, 100, 9, 40), Stratum(3, 20, 12, 35), Stratum(0, 5, 1, 4)]
    tables = [np.array([[s[2], s[3] - s[2]], [s[0], s[1] - s[0]]]) for s in strata]
    other = sm.stats.StratifiedTable(tables)
    found = cochran_mantel_haenszel(strata)
    assert found.p_value == pytest.approx(other.test_null_odds(correction=False).pvalue)
    assert found.odds_ratio == pytest.approx(other.oddsratio_pooled)
    assert cochran_mantel_haenszel([]) == (None, None)
    assert cochran_mantel_haenszel([Stratum(0, 5, 0, 5)]) == (None, None)


def test_the_pool_is_where_the_posterior_is_highest():
    chance = random.Random(2)
    counts = []
    for _ in range(30):
        rate, runs = chance.betavariate(2, 18), chance.randint(1, 40)
        counts.append((sum(chance.random() < rate for _ in range(runs)), runs))

    def badness(place):
        mean, strength = 1 / (1 + np.exp(-place[0])), np.exp(place[1])
        a, b = mean * strength, (1 - mean) * strength
        likelihood = sum(scipy_stats.betabinom.logpmf(k, n, a, b) for k, n in counts)
        prior = scipy_stats.beta.logpdf(mean, 1, 4) + np.log(mean * (1 - mean))
        return -(likelihood + prior + scipy_stats.norm.logpdf(place[1], np.log(20), 1))

    best = minimize(badness, (-1.4, 3.0), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    found = pool(counts)
    assert found.mean == pytest.approx(1 / (1 + np.exp(-best.x[0])), rel=0.01)
    assert found.strength == pytest.approx(np.exp(best.x[1]), rel=0.02)
    assert found.shrunken(3, 3) < 1
    assert pool([]) == pytest.approx((0.2, 20), rel=0.01)


def test_shrunken_ratios_are_nearer_to_the_truth():
    chance = np.random.default_rng(3)
    raw, shrunken = [], []
    for _ in range(20):
        truth = chance.beta(2, 18, 40)
        runs = chance.geometric(0.15, 40)
        failures = chance.binomial(runs, truth)
        pooled = pool(list(zip(failures.tolist(), runs.tolist(), strict=True)))
        raw.append(np.mean((failures / runs - truth) ** 2))
        guess = [pooled.shrunken(k, n) for k, n in zip(failures.tolist(), runs.tolist(), strict=True)]
        shrunken.append(np.mean((guess - truth) ** 2))
    assert np.mean(shrunken) < np.mean(raw) / 4


def test_evidence_of_nothing_is_one_and_swapping_the_versions_swaps_its_direction():
    assert evidence([]) is None
    assert evidence([Stratum(3, 10, 0, 0)]) is None
    there = evidence([Stratum(5, 50, 20, 50), Stratum(1, 9, 2, 7)])
    back = evidence([Stratum(20, 50, 5, 50), Stratum(2, 7, 1, 9)])
    assert there.e_value == pytest.approx(back.e_value)
    assert there.worse == pytest.approx(1 - back.worse)
    assert there.difference.estimate == pytest.approx(-back.difference.estimate)
    assert there.difference.lower > 0
    assert evidence([Stratum(5, 50, 5, 50)]).e_value < 1
    assert evidence([Stratum(0, 40, 40, 40)]).e_value > 1e10


def test_the_evidence_is_that_of_a_fine_integral():
    counts = Stratum(4, 40, 9, 30)
    rates = np.linspace(-14, 14, 4001)
    shifts = np.linspace(1e-3, 8, 1501)

    def likelihood(shift):
        before, after = 1 / (1 + np.exp(-(rates - shift / 2))), 1 / (1 + np.exp(-(rates + shift / 2)))
        p = 1 / (1 + np.exp(-rates))
        value = before ** counts[0] * (1 - before) ** (counts[1] - counts[0])
        value = value * after ** counts[2] * (1 - after) ** (counts[3] - counts[2])
        return np.sum(value * np.sqrt(p * (1 - p)))

    prior = np.exp(-0.5 * (shifts / 1.5) ** 2)
    prior /= prior.sum()
    both = sum(0.5 * w * (likelihood(s) + likelihood(-s)) for s, w in zip(shifts, prior, strict=True))
    assert evidence([counts]).e_value == pytest.approx(both / likelihood(0.0), rel=0.02)


def alarms(before_rate, after_rate, *, simulations, before=100, looks=150, strata=1, seed=7):
    """In which share of simulations the evidence ever reached 20, looked at after every run."""
    chance = np.random.default_rng(seed)
    of_before, of_after = (chance.integers(0, strata, (simulations, n)) for n in (before, looks))
    shift = np.linspace(0, 0.3, strata) if strata > 1 else np.zeros(1)
    failed_before = chance.random(of_before.shape) < before_rate + shift[of_before]
    failed_after = chance.random(of_after.shape) < after_rate + shift[of_after]
    counts = np.zeros((simulations, strata, 4), dtype=np.int64)
    for stratum in range(strata):
        counts[:, stratum, 0] = (failed_before & (of_before == stratum)).sum(axis=1)
        counts[:, stratum, 1] = (of_before == stratum).sum(axis=1)
    called = np.zeros(simulations, dtype=bool)
    rows = np.arange(simulations)
    for look in range(looks):
        counts[rows, of_after[:, look], 2] += failed_after[:, look]
        counts[rows, of_after[:, look], 3] += 1
        called |= np.logaddexp(*log_evidence(counts)) >= np.log(20)
    return called.mean()


def test_looking_after_every_run_raises_no_false_alarms_and_misses_no_disaster():
    assert alarms(0.15, 0.15, simulations=100) <= 0.05
    assert alarms(0.1, 0.1, simulations=60, strata=3) <= 0.05
    assert alarms(0.1, 0.4, simulations=60) >= 0.95


def test_how_many_more_runs_it_takes_is_about_what_it_then_takes():
    before = Stratum(10, 100, 4, 12)
    more = more_runs([before], 20)
    grown = Stratum(10, 100, round(4 * (1 + more / 12)), 12 + more)
    assert 10 < more < 60
    assert evidence([grown]).e_value == pytest.approx(20, rel=0.5)
    assert more_runs([Stratum(10, 100, 1, 10)], 20) is None
    assert more_runs([Stratum(0, 0, 1, 10)], 20) is None


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.3, 0.4, 0.5])
def test_the_interval_of_five_runs_covers_nine_times_in_ten(rate):
    covered = 0.0
    for failures in range(6):
        found = proportion(failures, 5)
        covered += (found.lower <= rate <= found.upper) * scipy_stats.binom.pmf(failures, 5, rate)
    assert covered >= 0.9
