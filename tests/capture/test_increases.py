"""Counters to increases by tick."""

from __future__ import annotations

import math

import numpy as np

from codesentinel.capture.increases import first_seen, increases
from codesentinel.model.series import Series

EDGES = np.array([100.0, 110.0, 120.0, 130.0])


def series(points, **labels):
    times, values = zip(*points, strict=True)
    return Series({"instance": "i", **labels}, np.array(times, dtype=float), np.array(values, dtype=float))


def counted(*given):
    rows = increases(given, EDGES, first_seen(given, "instance"), "instance")["i"]
    return [row.tolist() for _, row in rows]


def test_an_increase_belongs_to_the_tick_in_which_it_was_seen():
    assert counted(series([(95, 10), (105, 13), (110, 14), (111, 20), (125, 21)])) == [[4, 6, 1]]


def test_after_a_reset_the_counter_began_at_0():
    assert counted(series([(95, 10), (105, 12), (115, 5), (125, 6)])) == [[2, 5, 1]]


def test_what_a_scrape_missed_is_seen_by_the_next():
    assert counted(series([(95, 10), (105, 12), (125, 20)])) == [[2, 0, 8]]


def test_nothing_is_known_of_an_instance_before_it_was_seen_nor_after_it_is_gone():
    (row,) = counted(series([(101, 10), (102, 12), (103, 20)]))
    assert row[0] == 10
    assert math.isnan(row[2])
    (row,) = counted(series([(125, 1), (135, 2)]))
    assert math.isnan(row[0])
    assert row[2] == 0


def test_the_first_error_is_an_error():
    first, late = counted(
        series([(95, 10), (105, 12), (115, 13), (125, 14)]), series([(115, 3), (125, 4)], code="500")
    )
    assert first == [2, 1, 1]
    assert late[1:] == [3, 1]


def test_what_a_new_instance_had_counted_before_is_not_ours():
    (row,) = counted(series([(115, 1_000_000), (125, 1_000_004)]))
    assert row[1:] == [0, 4]


def test_markers_of_staleness_are_stepped_over():
    assert counted(series([(95, 1), (105, math.nan), (115, 4), (125, 4)]))[0][1:] == [3, 0]
