"""Counting samples, and noticing those that are there twice."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codesentinel.analysis.backfill.tally import Tally
from codesentinel.model.samples import Samples


def tally(*batches):
    counted = Tally()
    for batch in batches:
        counted.add([Samples({"__name__": name}, times, values) for name, times, values in batch])
    return counted


def seen(counted, name="a"):
    return counted.series[("__name__", name),]


def test_series_are_counted_over_batches():
    counted = tally([("a", [1, 2], [1.0, 1.0]), ("b", [5], [1.0])], [("a", [3], [2.0])])
    one = seen(counted)
    assert (one.samples, one.repeated, one.first_ms, one.last_ms) == (3, 0, 1, 3)
    assert one.is_ascending
    assert counted.read == 4
    assert counted.span_ms == (1, 5)
    assert {name: len(found) for name, found in counted.by_metric().items()} == {"a": 1, "b": 1}
    assert Tally().span_ms is None


def test_a_sample_that_is_there_twice_counts_once_and_two_values_are_a_conflict():
    counted = tally([("a", [1, 2, 2], [1.0, 5.0, 5.0])], [("a", [2, 3], [5.0, 1.0])], [("a", [3], [9.0])])
    assert (seen(counted).samples, seen(counted).repeated) == (3, 3)
    (conflict,) = counted.conflicts
    assert (conflict.time_ms, conflict.values) == (3, (1.0, 9.0))
    assert counted.conflict_count == 1


def test_newest_first_is_an_order_too():
    counted = tally([("a", [9, 8, 7], [1.0] * 3)], [("a", [7, 6], [1.0] * 2)])
    assert (seen(counted).samples, seen(counted).repeated) == (4, 1)
    assert (seen(counted).is_ascending, seen(counted).is_mixed) == (False, False)


def test_what_is_in_no_order_is_said_to_be_mixed():
    counted = tally([("a", [1, 3, 2, 3], [1.0, 5.0, 1.0, 6.0])])
    assert seen(counted).is_mixed
    assert counted.conflict_count == 1
    assert tally([("a", [1, 2], [0.0] * 2)], [("a", [1], [0.0])]).series[("__name__", "a"),].is_mixed


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=12),
    st.lists(st.integers(1, 11), max_size=4),
    st.sampled_from([1, -1, 0]),
)
def test_the_count_of_an_ordered_series_does_not_depend_on_its_batches(times, cuts, order):
    times = sorted(times, reverse=order < 0) if order else times
    counted = Tally()
    edges = sorted({0, len(times), *(cut for cut in cuts if cut < len(times))})
    for start, stop in pairwise(edges):
        part = times[start:stop]
        counted.add([Samples({"__name__": "a"}, part, [float(time) for time in part])])
    one = seen(counted)
    assert counted.conflict_count == 0
    assert (one.first_ms, one.last_ms) == (min(times), max(times))
    assert one.samples + one.repeated == len(times)
    if not one.is_mixed:
        assert one.samples == len(set(times))
    steps = [b - a for a, b in pairwise(times)]
    assert one.is_mixed == (any(s > 0 for s in steps) and any(s < 0 for s in steps))
