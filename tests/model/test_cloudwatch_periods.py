"""The older the data, the coarser CloudWatch keeps it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codesentinel.model.cloudwatch.periods import KEPT, Window, is_period, windows
from codesentinel.model.cloudwatch.plan import Estimate, estimate

DAY = 86400
NOW = 1_800_000_000
PERIODS = [n for n in range(1, DAY + 1) if is_period(n)]


def test_a_recent_window_is_one_and_holds_whole_periods_only():
    assert windows(NOW - 7201, NOW - 7, 60, NOW) == ([Window(NOW - 7200, NOW - 60, 60)], [])


def test_an_old_window_is_cut_where_the_granularity_changes_and_says_so():
    found, notes = windows(NOW - 500 * DAY, NOW, 60, NOW)
    assert [window.period_seconds for window in found] == [3600, 300, 60]
    assert len(notes) == 3
    assert "older than 15 days" in notes[0]
    assert "period of 300 s instead of 60 s" in notes[0]
    assert "older than 63 days" in notes[1]
    assert notes[2] == "older than 455 days: gone, and left out"
    assert NOW - 455 * DAY < found[0].start < NOW - 454 * DAY


@pytest.mark.parametrize(("age_days", "period"), [(10, 60), (20, 300), (62, 300), (70, 3600), (400, 3600)])
def test_the_finest_period_that_is_kept_is_read(age_days, period):
    start = NOW - age_days * DAY
    found, notes = windows(start, start + 3600 * 3, 60, NOW)
    assert [window.period_seconds for window in found] == [period]
    assert bool(notes) == (period != 60)


def test_there_is_nothing_left_of_what_is_older_than_all():
    found, notes = windows(NOW - 600 * DAY, NOW - 500 * DAY, 300, NOW)
    assert found == []
    assert notes == ["older than 455 days: gone, and left out"]


@given(
    age=st.integers(1, 450 * DAY),
    length=st.integers(1, 450 * DAY),
    period=st.sampled_from(PERIODS),
    now=st.integers(1_500_000_000, 2_000_000_000).map(float) | st.floats(1.5e9, 2e9),
)
@example(age=20 * DAY, length=20 * DAY, period=960, now=NOW)
def test_windows_leave_no_gap_overlap_nowhere_and_ask_for_what_is_kept(age, length, period, now):
    start, end = now - age, min(now, now - age + length)
    found, _ = windows(start, end, period, now)
    for window in found:
        assert window.start < window.end
        assert window.start % window.period_seconds == window.end % window.period_seconds == 0
        assert window.period_seconds >= period
        kept = next(granularity for oldest, granularity in KEPT if now - window.start < oldest)
        assert window.period_seconds % kept == 0
    for one, other in pairwise(found):
        assert one.end == other.start
        assert one.period_seconds > other.period_seconds
    if found:
        assert start <= found[0].start < start + 2 * DAY
        assert end - DAY < found[-1].end <= end
    else:
        assert end - start < 2 * DAY


@pytest.mark.parametrize("period", [0, -60, 2, 45, 61, 25 * 60, 2 * DAY])
def test_what_is_no_period(period):
    assert not is_period(period)


def test_an_estimate_counts_pages():
    assert estimate([500, 500, 200], 12, 100_800) == Estimate(3, 1200, 14_400)
    assert estimate([500], 300, 100_800) == Estimate(2, 1000, 150_000)
    assert Estimate(1, 1000, 1).usd == 0.01
