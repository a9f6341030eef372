"""Laws of anomaly scores: they are blind to the future, and mean the same on every series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.analysis.trends.anomalies.alarms import alarm_score, alarms, scores, strangeness_of, told
from codesentinel.analysis.trends.anomalies.judge import judge
from codesentinel.analysis.trends.anomalies.strangeness import hindsight, sudden, sustained
from codesentinel.model.series import Series

STEP = 300.0
KINDS = ("noise", "walk", "rhythm", "bursts", "steps", "few values")


def made(kind, count, seed):
    chance = np.random.default_rng(seed)
    times = 1.79e9 + np.cumsum(chance.choice((STEP, STEP, STEP, 2 * STEP, 0.0), count))
    noise = chance.normal(0, 1, count)
    values = {
        "noise": noise,
        "walk": np.cumsum(noise),
        "rhythm": np.sin(2 * np.pi * times / 86400) * 5 + noise,
        "bursts": np.exp(3 * noise),
        "steps": np.where(np.arange(count) < count // 2, 0.0, 50.0) + noise,
        "few values": chance.choice((0.0, 0.0, 0.0, 7.0), count),
    }[kind]
    values[chance.random(count) < 0.02] = np.nan
    return times, values


@given(
    st.sampled_from(KINDS),
    st.integers(0, 10_000),
    st.integers(300, 1500),
    st.floats(0.1, 0.9),
    st.floats(0.2, 0.8),
)
@settings(deadline=None, max_examples=25)
def test_a_score_uses_nothing_after_its_time(kind, seed, count, share, sensitivity):
    times, values = made(kind, count, seed)
    whole = judge(Series({}, times, values), sensitivity=sensitivity)
    kept = int(count * share)
    part = judge(Series({}, times[:kept], values[:kept]), sensitivity=sensitivity)
    assert part.scores.tobytes() == whole.scores[:kept].tobytes()
    begins = [span.start for span in whole.flagged if span.start <= times[kept - 1]]
    assert [span.start for span in part.flagged] == begins


def test_the_test_of_blindness_can_fail():
    times, values = made("steps", 1000, 1)
    values = np.nan_to_num(values)
    whole, part = hindsight(times, values), hindsight(times[:700], values[:700])
    assert whole.strange[:700].tobytes() != part.strange.tobytes()


@given(st.sampled_from(KINDS), st.integers(0, 10_000), st.sampled_from((2.0**-20, 0.125, 64.0, 2.0**30)))
@settings(deadline=None, max_examples=15)
def test_the_unit_of_a_series_does_not_matter(kind, seed, unit):
    times, values = made(kind, 900, seed)
    good = ~np.isnan(values)
    for look in (sustained, sudden):
        plain, scaled = look(times[good], values[good]), look(times[good], values[good] * unit)
        np.testing.assert_allclose(scaled.strange, plain.strange, rtol=1e-6, atol=1e-6)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=400), st.floats(0.05, 0.95))
@settings(deadline=None)
def test_published_scores_reach_the_alarms_score_exactly_where_one_is_given(strange, sensitivity):
    strange = np.array(strange)
    published = told(strange, sensitivity)
    assert np.all((published >= 0) & (published <= 1))
    assert np.array_equal(published >= alarm_score(sensitivity), alarms(strange, sensitivity))


@pytest.mark.parametrize("score", [0.0, 0.1, 0.5, 0.95])
def test_scores_and_strangeness_are_each_others_inverse(score):
    assert scores(np.array([strangeness_of(score)]))[0] == pytest.approx(score)
