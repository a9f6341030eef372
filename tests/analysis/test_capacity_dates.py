"""Dates of exhaustion: they hold on what was simulated, and say so where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.analysis.trends.capacity.dates import passage
from codesentinel.analysis.trends.capacity.findings import findings, ordered
from codesentinel.analysis.trends.capacity.judge import Candidate, judge_all
from codesentinel.model.capacity import Resource
from codesentinel.model.finding import Severity
from codesentinel.model.series import Series
from simulated import FUTURE, KINDS, simulate

NOW = 1_800_000_000.0
DAY = 86400.0
DISK = Resource("disk", "/ on host", "disk space", "du /")


def hourly(values):
    values = np.asarray(values, dtype=float)
    return Series({}, NOW - 3600.0 * np.arange(len(values))[::-1], values)


def judge(series, limit, horizon_days=60):
    (one,) = judge_all([Candidate(DISK, series, limit)], now=NOW, horizon_seconds=horizon_days * DAY)
    return one


def filling(days_left, noise=0.2, days=30, seed=1):
    """Full, at 100, in ``days_left`` at one a day."""
    hours = np.arange(days * 24)
    line = 100 - days_left - (hours[-1] - hours) / 24
    return hourly(line + noise * np.random.default_rng(seed).standard_normal(len(hours)))


def test_the_interval_holds_the_truth_for_each_kind_and_the_dates_are_near():
    """Few of each kind: the benchmark has 200. The seed is fixed, so this is no lottery."""
    near = []
    for at, kind in enumerate(KINDS):
        some = [simulate(kind, np.random.default_rng([31, at, i])) for i in range(25)]
        dates = [passage(one.used, one.limit, steps=2 * FUTURE, day=24) for one in some]
        held = [d.earliest <= one.truth <= d.latest for d, one in zip(dates, some, strict=True)]
        assert np.mean(held) >= 0.76, kind
        near += [abs(d.estimate - one.truth) <= 0.25 * one.truth for d, one in zip(dates, some, strict=True)]
        assert all(d.earliest <= d.estimate <= d.latest for d in dates)
    assert np.mean(near) >= 0.7


def test_a_filling_disk_has_a_date_an_interval_and_what_would_move_it():
    one = judge(filling(20), 100.0)
    assert abs(one.exhausted_at.estimate - (NOW + 20 * DAY)) < 1.5 * DAY
    assert one.exhausted_at.earliest <= one.exhausted_at.estimate <= one.exhausted_at.latest
    assert one.slope_per_second == pytest.approx(1 / DAY, rel=0.02)
    (half,) = [move for move in one.moves if move.what == "half the growth"]
    assert half.estimate - NOW == pytest.approx(40 * DAY, rel=0.1)
    (finding,) = findings([one], NOW)
    assert finding.severity is Severity.P2
    assert finding.summary.startswith("/ on host runs out of disk space on ")
    assert ", 90% between " in finding.summary


def test_what_lies_beyond_the_horizon_has_no_date_and_no_finding():
    one = judge(filling(90), 100.0)
    assert one.exhausted_at is None
    assert not one.reason
    assert findings([one], NOW) == ()


def test_a_flat_noisy_series_is_looked_at_once_and_is_fine():
    one = judge(hourly(50 + np.random.default_rng(3).standard_normal(720)), 100.0)
    assert one.screened
    assert one.exhausted_at is None


def test_steady_noise_gives_no_findings_even_near_the_limit():
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(60):
        noise = rng.standard_normal(720)
        for i in range(1, 720):
            noise[i] += 0.9 * noise[i - 1]
        found += len(findings([judge(hourly(80 + noise), 100.0, 14)], NOW))
    assert found <= 2


def test_a_cleanup_is_taken_as_done_once_and_growth_goes_on_from_it():
    hours = np.arange(720)
    used = hours / 24 + 0.05 * np.random.default_rng(2).standard_normal(720)
    used[400:] -= 12
    one = judge(hourly(used), 30.0)
    assert one.exhausted_at.estimate - NOW == pytest.approx(12 * DAY, rel=0.1)
    assert any("taken as done once" in note for note in one.notes)


def test_a_saw_is_full_when_its_peaks_are():
    hours = np.arange(720)
    used = 0.5 * hours / 24 + 10 * (hours % 72) / 72 + 0.05 * np.random.default_rng(2).standard_normal(720)
    one = judge(hourly(used), 32.0)  # the peaks, 10 above the base, are there after some 14 days more
    assert any("cleaned up" in note for note in one.notes)
    assert one.exhausted_at.estimate - NOW == pytest.approx(14 * DAY, rel=0.25)
    assert {move.what for move in one.moves} == {"half the growth", "no clean-ups"}


def test_a_daily_wave_is_full_at_its_peak():
    hours = np.arange(720)
    used = hours / 24 + 5 * np.sin(2 * np.pi * hours / 24)
    one = judge(hourly(used + 0.1 * np.random.default_rng(2).standard_normal(720)), 45.0)
    assert one.exhausted_at.estimate - NOW == pytest.approx(10.3 * DAY, rel=0.1)
    assert any("daily pattern" in note for note in one.notes)


def test_a_bend_of_a_week_ago_is_followed():
    hours = np.arange(720)
    used = 0.2 * hours / 24 + 0.8 * np.maximum(hours - 552, 0) / 24
    one = judge(hourly(used + 0.1 * np.random.default_rng(2).standard_normal(720)), used[-1] + 10)
    assert one.exhausted_at.estimate - NOW == pytest.approx(10 * DAY, rel=0.1)


def test_what_is_full_is_full_now():
    one = judge(hourly(np.linspace(50, 100, 720)), 100.0)
    assert one.exhausted_at.estimate == NOW


def test_a_short_history_is_not_looked_far_ahead_from():
    one = judge(filling(20, days=2, noise=0.01), 100.0)
    assert one.exhausted_at is None or one.exhausted_at.estimate - NOW <= 20.5 * DAY
    assert any("10 times its history" in note for note in one.notes)


irregular = np.sort(np.random.default_rng(4).uniform(NOW - 30 * DAY, NOW, 900))


@pytest.mark.parametrize(
    ("series", "limit", "reason"),
    [
        (Series({}, np.array([]), np.array([])), 100.0, "it has no values"),
        (hourly(np.full(500, np.nan)), 100.0, "it has no values"),
        (hourly([1.0]), 100.0, "fewer than two moments have a value"),
        (hourly([1.0, 2.0]), 100.0, "2 values over 120 minutes are too few; 30 over 10 are needed"),
        (Series({}, np.full(100, NOW), np.arange(100.0)), 100.0, "fewer than two moments have a value"),
        (filling(20), float("nan"), "its limit is not known"),
        (Series({}, NOW - 10 * DAY - 3600.0 * np.arange(500.0)[::-1], np.arange(500.0)), 1e3, "nobody reports it any more"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_says_why(series, limit, reason):
    one = judge(series, limit)
    assert (one.reason, one.exhausted_at) == (reason, None)


@pytest.mark.parametrize(
    "series",
    [
        hourly(np.full(720, 5.0)),
        hourly(np.zeros(720)),
        hourly(np.where(np.arange(720) % 5, 5.0, np.nan)),
        hourly(np.arange(720.0) / 24 + 1e15),
        hourly(np.r_[np.full(719, 5.0), 50.0]),
        Series({}, irregular, np.linspace(0, 60, 900)),
        Series({}, np.repeat(irregular, 2), np.repeat(np.linspace(0, 60, 900), 2)),
        Series({}, NOW - 86400.0 * np.arange(3650)[::-1], np.linspace(0, 99, 3650)),
        hourly(np.r_[np.full(360, np.inf), np.linspace(0, 50, 500)]),
    ],
    ids=["constant", "zero", "gaps", "large", "last", "irregular", "twice", "ten years", "infinite"],
)
def test_odd_series_are_judged_without_a_warning(series):
    assert not judge(series, 1e15 + 100 if series.values[0] > 1e14 else 100.0).reason


def test_the_soonest_full_comes_first_and_what_could_not_be_judged_last():
    judged = [judge(hourly([1.0]), 1.0), judge(filling(40), 100.0), judge(filling(5), 100.0)]
    assert ordered(judged) == (judged[2], judged[1], judged[0])


def test_the_same_history_gives_the_same_date_whatever_is_judged_beside_it():
    pair = [Candidate(DISK, filling(20), 100.0), Candidate(DISK, filling(9, seed=2), 100.0)]
    both = judge_all(pair, now=NOW, horizon_seconds=60 * DAY)
    assert both[0] == judge(filling(20), 100.0)


def test_the_first_look_passes_over_nothing_that_is_full_in_time():
    for at, kind in enumerate(KINDS):
        some = [simulate(kind, np.random.default_rng([32, at, i])) for i in range(20)]
        judged = judge_all(
            [Candidate(DISK, hourly(one.used), one.limit) for one in some], now=NOW, horizon_seconds=60 * DAY
        )
        assert not [one for one in judged if one.screened or one.reason], kind


def test_quiet_weekends_are_no_shrinking():
    """Growth of one a day below weeks that lose two at each weekend; the history ends on a quiet Sunday."""
    days = np.arange(720) / 24
    quiet = (np.floor(days) + 6) % 7 < 2
    rng = np.random.default_rng(12)
    used = 100 + days + 2 * np.sin(2 * np.pi * days) - 2 * quiet + 0.6 * rng.standard_normal(720)
    found = passage(used, 152.0, steps=2880, day=24)
    assert any(note.startswith("a weekly pattern") for note in found.notes)
    assert found.estimate / 24 == pytest.approx(20, abs=4)
    assert found.earliest <= found.estimate <= found.latest
