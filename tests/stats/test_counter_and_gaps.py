"""Counters, gaps, markers and NaN, each for itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.model.series import STALE_BITS
from codesentinel.stats.counter import increase, rates, rates_at, resets
from codesentinel.stats.gaps import Gap, cadence, gaps

STALE = np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0]
NAN = float("nan")


def arrays(*points):
    times, values = zip(*points, strict=True)
    return np.array(times, dtype=float), np.array(values, dtype=float)


def test_missing_samples_are_a_gap_and_nan_is_none():
    times, values = arrays((0, 1), (10, NAN), (20, 1), (50, 1), (60, 1), (74, 1))
    assert cadence(times) == 10
    assert gaps(times, values) == [Gap(20, 50, "missing")]
    assert gaps(times, values, 5) == [
        Gap(0, 10, "missing"),
        Gap(10, 20, "missing"),
        Gap(20, 50, "missing"),
        Gap(50, 60, "missing"),
        Gap(60, 74, "missing"),
    ]


def test_a_marker_makes_an_end_of_a_gap_however_short():
    times, values = arrays(
        (0, 1), (10, 1), (20, 1), (25, STALE), (30, 1), (40, 1), (41, STALE), (42, STALE), (90, 1), (130, 1)
    )
    assert gaps(times, values, 10) == [Gap(25, 30, "ended"), Gap(41, 90, "ended"), Gap(90, 130, "missing")]


def test_the_end_of_a_series_and_its_beginning_are_no_gaps():
    times, values = arrays((0, STALE), (10, 1), (20, 2), (30, STALE))
    assert gaps(times, values) == []
    assert gaps(*arrays((0, 1))) == []
    assert gaps(np.array([]), np.array([])) == []


def test_a_counter_that_falls_began_anew():
    times, values = arrays((0, 5), (10, 7), (20, NAN), (30, 2), (40, STALE), (50, 2), (60, 1))
    assert resets(values).tolist() == [3, 6]
    counted = increase(times, values)
    assert counted.total == 2 + 2 + 0 + 1
    assert (counted.seconds, counted.resets, counted.is_lower_bound) == (60, 2, True)


def test_each_sample_has_the_rate_since_the_one_before():
    times, values = arrays((0, 0), (60, 60), (60, 60), (90, NAN), (120, 180), (180, 6))
    np.testing.assert_array_equal(rates_at(times, values), [NAN, 1, NAN, NAN, 2, NAN])
    assert rates_at(np.array([]), np.array([])).size == 0


def test_nothing_is_extrapolated():
    counted = increase(*arrays((7, 100), (22, 103)))
    assert (counted.total, counted.per_second, counted.is_lower_bound) == (3, 0.2, False)
    assert np.isnan(increase(*arrays((7, 100))).per_second)


def test_a_rate_is_known_across_missing_samples_and_not_across_an_end_or_a_reset():
    times, values = arrays((0, 0), (10, 10), (40, 100), (50, 0), (60, 20), (65, STALE), (80, 30), (90, 40))
    at, rate = rates(times, values, 10)
    assert at.tolist() == [10, 40, 50, 60, 80, 90]
    np.testing.assert_array_equal(rate, [1, 3, NAN, 2, NAN, 1])
    assert rates(*arrays((0, 1)))[1].tolist() == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=2, max_size=50))
def test_the_total_is_never_more_than_what_was_counted_and_all_of_it_without_restarts(steps):
    level, values, counted = 0.0, [0.0], 0.0
    for added, restarts in steps:
        level = (0.0 if restarts else level) + added
        counted += added
        values.append(level)
    found = increase(np.arange(len(values), dtype=float), np.array(values))
    assert found.total <= counted * (1 + 1e-9)
    if not any(restarts for _, restarts in steps):
        assert found.resets == 0
        np.testing.assert_allclose(found.total, counted, rtol=1e-9)
