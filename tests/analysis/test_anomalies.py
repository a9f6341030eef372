"""What is found in series of known troubles, and what is said of series that cannot be judged."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.analysis.trends.anomalies.judge import judge
from codesentinel.analysis.trends.given import Given
from codesentinel.model.series import Series
from day_rhythm import START, between, rhythm


def flagged(times, values, **options):
    return judge(Series({}, times, values), **options).flagged


TROUBLES = {
    "load at night": lambda times, values: values + 40 * between(times, 7, 2, 3),
    "traffic drops by 30 %": lambda times, values: values * np.where(between(times, 7, 11, 3), 0.7, 1.0),
    "shifts for good": lambda times, values: values + 30 * (times >= START + 7.4 * 86400),
    "falls to nothing": lambda times, values: values * ~between(times, 7, 14, 1),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_trouble_is_found_within_two_hours(trouble):
    times, values = rhythm()
    strange = TROUBLES[trouble](times, values)
    began = times[np.flatnonzero(strange != values)[0]]
    spans = [span for span in flagged(times, strange) if span.start >= began]
    assert spans, trouble
    assert spans[0].start - began <= 2 * 3600, (spans[0].start - began) / 3600
    assert spans[0].score >= 0.5


def test_a_span_says_what_was_expected_and_what_was_seen():
    times, values = rhythm()
    span = next(
        s for s in flagged(times, TROUBLES["load at night"](times, values)) if s.start > START + 7 * 86400
    )
    assert span.observed > span.expected.upper > span.expected.estimate > span.expected.lower
    assert span.expected.estimate == pytest.approx(76, abs=14)


def test_an_ordinary_rhythm_raises_next_to_no_alarm():
    spans = [len(flagged(*rhythm(days=14, seed=seed))) for seed in range(6)]
    assert sum(spans) <= 6, spans  # 14 days each


def test_a_lasting_trouble_is_told_once():
    times, values = rhythm()
    shifted = [
        span
        for span in flagged(times, TROUBLES["shifts for good"](times, values))
        if span.start > START + 7 * 86400
    ]
    assert len(shifted) <= 4


def test_the_more_sensitive_the_more_is_flagged():
    times, values = rhythm(noise=10.0)
    counts = [len(flagged(times, values, sensitivity=sensitivity)) for sensitivity in (0.2, 0.5, 0.8)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_hindsight_judges_what_came_before_the_warm_up():
    times, values = rhythm()
    early = values + 80 * between(times, 0, 5, 3)
    assert not [s for s in flagged(times, early) if s.start < START + 12 * 3600]
    assert [s for s in flagged(times, early, retrospective=True) if s.start < START + 12 * 3600]


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ([], "it has no samples"),
        ([np.nan] * 500, "none of its 500 samples is a number"),
        ([np.inf, -np.inf] * 300, "none of its 600 samples is a number"),
        ([1.0, 2.0], "it has 2 samples, and 241 are needed"),
        ([1.0, np.nan] * 200, "200 samples are numbers, and 241 are needed"),
        ([7.5] * 5000, "it never changed: 5000 times 7.5"),
    ],
)
def test_what_cannot_be_judged_says_why(values, because):
    values = np.array(values, dtype=float)
    for retrospective in (False, True):
        judged = judge(Series({}, START + 60.0 * np.arange(len(values)), values), retrospective=retrospective)
        assert judged.reason.startswith(because)
        assert judged.flagged == ()
        assert judged.scores.tolist() == [0.0] * len(values)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e140])
def test_any_magnitude_gives_finite_scores(scale):
    chance = np.random.default_rng(3)
    values = chance.normal(0, 1, 2000) * scale
    values[1500] = 1e3 * scale
    scores = judge(Series({}, START + 60.0 * np.arange(2000), values)).scores
    assert np.all(np.isfinite(scores) & (scores >= 0) & (scores <= 1))


def test_irregular_and_repeated_times_and_holes_are_judged():
    times, values = rhythm(days=20)
    keep = np.sort(np.random.default_rng(5).choice(len(times), len(times) // 2, replace=False))
    keep = keep[~between(times[keep], 12, 0, 48)]
    keep = np.repeat(keep, np.where(np.arange(len(keep)) % 50 == 0, 2, 1))
    strange = np.where(between(times, 17, 10, 3), values * 0.3, values)[keep]
    judged = judge(Series({}, times[keep], strange))
    assert judged.reason == ""
    assert len(judged.scores) == len(keep)
    assert [s for s in judged.flagged if between(np.array([s.start]), 17, 10, 3)[0]]


def test_ten_years_are_judged():
    times = START + 300.0 * np.arange(10 * 365 * 288)
    values = np.sin(2 * np.pi * times / 86400) + np.random.default_rng(1).normal(0, 0.1, len(times))
    values[600_000:900_000] = 0.5  # it stood still for years
    judged = judge(Series({}, times, values))
    assert np.all(np.isfinite(judged.scores))
    assert any(600_000 <= round((s.start - START) / 300) < 600_400 for s in judged.flagged)


def test_a_counter_is_judged_by_its_rate():
    times, values = rhythm()
    counted = np.cumsum(values)
    counted[2000:] -= counted[2000] - 5  # it began anew
    rate, notes = Given(Series({"__name__": "requests_total"}, times, counted)).by_rate("judged")
    assert notes == ("a counter: judged by its rate per second",)
    assert len(rate) == len(times)
    assert np.isnan(rate.values[[0, 2000]]).all()
    np.testing.assert_allclose(rate.values[1:1999] * 300, values[1:1999])
    assert not [s for s in judge(rate).flagged if abs(s.start - times[2000]) < 7200]


def test_what_is_no_counter_is_left_as_it_is():
    given = Given(Series({"__name__": "up"}, *rhythm()), ("a note",))
    assert given.by_rate("judged") is given
    assert given.by_rate("judged", counter=True).notes[0] == "a note"
