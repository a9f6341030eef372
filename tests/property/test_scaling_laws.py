"""At every minute of a week a schedule gives what the profile needs, by the rules of those that carry it out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.analysis.trends.seasonality.scaling import LEAD_MINUTES, WINDOWS_COST, plan, why_no_week
from codesentinel.mixin.autoscale import manifest
from codesentinel.model.scaling import Workload
from codesentinel.model.seasonality import Profile
from scaling_week import MINUTES, cron_hpa, keda

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
SHOP = Workload("Deployment", "shop")
SHAPES = st.sampled_from([(DAY, 24), (WEEK, 168), (DAY, 6), (WEEK, 42), (6 * HOUR, 24), (WEEK / 2, 84)])


def profile_of(period, values):
    values = tuple(float(one) for one in values)
    return Profile(period, period / len(values), values, values, values, values, values)


def planned(profile, *, target=20.0, headroom=0.3, least=1, most=None):
    return plan(
        profile, target_per_replica=target, headroom_ratio=headroom, least=least, most=most, timezone="UTC"
    )


@st.composite
def profiles(draw):
    period, slots = draw(SHAPES)
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    kind = draw(st.sampled_from(["noise", "steps", "wave", "spike", "gaps"]))
    at = np.arange(slots)
    if kind == "wave":
        values = 500 + 450 * np.sin(2 * np.pi * at / slots) + 20 * rng.normal(size=slots)
    elif kind == "steps":
        values = rng.choice([50.0, 200.0, 900.0], size=slots // 3 + 1).repeat(3)[:slots]
    elif kind == "spike":
        values = np.where(at == rng.integers(slots), 1000.0, 10.0)
    else:
        values = rng.uniform(0, 1000, slots)
        if kind == "gaps":
            values[rng.random(slots) < 0.2] = np.nan
    values[rng.integers(slots)] = 777.0
    return profile_of(period, values)


def needed_by_minute(profile, headroom):
    upper = np.array(profile.p95)
    upper = np.where(np.isfinite(upper), upper, np.nanmax(upper))
    at = np.arange(MINUTES) * 60 % profile.period_seconds
    return upper[(at / profile.slot_seconds + 1e-9).astype(int)] * (1 + headroom)


@settings(deadline=None, max_examples=40)
@given(
    profile=profiles(),
    target=st.floats(3, 500),
    headroom=st.sampled_from([0.0, 0.2, 0.3, 1.0]),
    least=st.integers(1, 5),
)
def test_no_minute_of_a_week_has_less_than_it_needs(profile, target, headroom, least):
    made = planned(profile, target=target, headroom=headroom, least=least)
    needed = needed_by_minute(profile, headroom)
    early = np.max([np.roll(needed, -minutes) for minutes in (0, LEAD_MINUTES - 1)], axis=0)
    assert sum(made.planned) <= (1 + WINDOWS_COST) * sum(made.needed)
    assert made.base >= least
    given_by = [keda(manifest("keda", made, SHOP, {}))]
    if made.windows:
        given_by.append(cron_hpa(manifest("cron-hpa", made, SHOP, {})))
    for replicas in given_by:
        assert np.all(replicas * target >= early * (1 - 1e-9))
        assert replicas.reshape(-1, 15).min(axis=1).tolist() == list(made.planned)
        assert replicas.max() <= made.most


def office(*, saturday=False):
    hour, day = np.arange(168) % 24, np.arange(168) // 24
    busy = (hour >= 8) & (hour < 18) & (day < 5)
    if saturday:
        busy |= (hour >= 21) & (hour < 23) & (day == 5)
    return profile_of(WEEK, 100 + 200 * busy)


def test_office_hours_are_one_window_that_opens_early():
    made = planned(office())
    assert made.base == 7
    (window,) = made.windows
    assert (window.days, window.start, window.end, window.replicas) == ((0, 1, 2, 3, 4), 31, 72, 20)


def test_another_day_with_other_hours_is_a_window_of_its_own():
    made = planned(office(saturday=True))
    assert [one.days for one in made.windows] == [(0, 1, 2, 3, 4), (5,)]


def test_hours_that_differ_little_are_not_told_apart():
    rng = np.random.default_rng(3)
    noisy = profile_of(WEEK, np.array(office().p95) + rng.normal(0, 3, 168))
    assert len(planned(noisy).windows) == 1


def test_a_level_profile_has_no_windows():
    assert planned(profile_of(DAY, [50.0] * 24)).windows == ()


def test_what_begins_at_midnight_is_there_the_evening_before():
    values = np.where(np.arange(168) == 0, 1000.0, 10.0)  # Monday, the first hour
    made = planned(profile_of(WEEK, values))
    replicas = keda(manifest("keda", made, SHOP, {}))
    assert replicas[-15:].min() == replicas[0] == made.peak
    assert replicas[-16] < made.peak


def test_more_than_the_most_is_refused_and_not_cut():
    with pytest.raises(ValueError, match="20 replicas are needed at the peak, more than 19"):
        planned(office(), most=19)
    assert planned(office(), most=20).most == 20


@pytest.mark.parametrize(
    ("period", "told"), [(5 * HOUR, "another hour"), (30 * DAY, "another hour"), (DAY, ""), (WEEK, "")]
)
def test_only_what_a_week_repeats_is_a_schedule(period, told):
    assert told in why_no_week(profile_of(period, [1.0] * 10))
    assert bool(why_no_week(profile_of(period, [1.0] * 10))) == bool(told)
