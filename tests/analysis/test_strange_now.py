"""What is told of at a moment: far off by the means of its latest values, and no regular saw."""

from __future__ import annotations

import numpy as np
import pytest

import demo_traffic as demo
from codesentinel.analysis.trends.anomalies.expected import off
from codesentinel.analysis.trends.anomalies.now import strange_now
from codesentinel.model.series import Series

MINUTE = 60.0


def seen(trouble, seed, name):
    """A recording of the demo as the watch reads it: the means of five minutes."""
    (one,) = [one for one in demo.recordings(trouble, seed) if one.labels["__name__"] == name]
    return Series(one.labels, one.times, demo.over_five(one.values))


def until(series, minutes):
    """What was there so many minutes after the trouble has begun."""
    kept = series.times <= demo.moment(minutes)
    return Series(series.labels, series.times[kept], series.values[kept])


def look(series, minutes):
    return strange_now(until(series, minutes), demo.moment(minutes))


@pytest.mark.parametrize("seed", range(1, 9))
def test_errors_that_double_below_the_alert_are_found_in_every_world(seed):
    errors = seen("errors double", seed, demo.ERRORS)
    assert look(errors, -1) is None
    spans = [span for minutes in range(10, 41, 5) if (span := look(errors, minutes))]
    assert spans
    assert spans[0].start >= demo.moment(-5)
    assert 0.006 < spans[-1].observed < 0.02


def test_what_is_observed_are_the_latest_values_and_not_those_since_a_leak_began():
    (memory,) = [one for one in demo.recordings("slow leak") if one.labels["__name__"] == demo.MEMORY]
    found = [(minutes, span) for minutes in range(20, 120, 2) if (span := look(memory, minutes))]
    minutes, span = found[-1]
    assert span.end >= demo.moment(minutes - 15)
    assert span.end - span.start > 30 * MINUTE
    assert span.observed == pytest.approx(memory.values[memory.times <= span.end][-30:].mean())


def test_a_regular_saw_is_not_strange_and_one_whose_tooth_is_missing_is():
    minutes = np.arange(3 * 1440 + 90)
    age = MINUTE * (minutes % 60)
    times = demo.MIDNIGHT + MINUTE * minutes
    for last in range(4200, 4320, 7):
        kept = slice(0, last + 1)
        assert strange_now(Series({}, times[kept], age[kept]), times[last]) is None
    age[4320:] = MINUTE * (60 + minutes[4320:] - 4320)
    assert strange_now(Series({}, times[:4340], age[:4340]), times[4339]) is not None


def test_means_of_many_scatter_less_than_values_and_are_judged_by_that():
    values = np.random.default_rng(3).normal(100, 1, 1060)
    values[1000:] += 1.5
    level = np.full(1060, 0.0)  # the time of day says nothing
    short, long = off(values, level, 1000, 1002), off(values, level, 1000, 1040)
    assert short.by_means < long.by_means
    assert long.latest == pytest.approx(values[1011:1041].mean())
    assert not long.is_far  # within what single values do
    values[1000:] += 2.0
    assert off(values, level, 1000, 1040).is_far


def test_the_least_change_of_what_never_changed_is_far():
    values = np.zeros(400)
    values[390:] = 1e-9
    away = off(values, np.zeros(400), 390, 399)
    assert away.by_means == away.by_values == np.inf
    assert away.is_far
