"""When things run out: the sure ones are found, the quiet ones are not."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.analysis.trends.capacity.line import judge
from codesentinel.model.capacity import Resource
from codesentinel.model.finding import Severity
from codesentinel.model.series import Series

NOW = 1_800_000_000.0
DISK = (Resource("disk", "/ on host", "disk space", "df -h /"), 100e9)
WEEK = 7 * 86400.0


def history(left, step_seconds=60.0):
    values = np.asarray(left, dtype=float)
    return Series({}, NOW - step_seconds * np.arange(len(values))[::-1], values)


def falling(hours_left, points=300, noise=1e7, step_seconds=60.0, seed=1):
    """A disk that is empty in ``hours_left`` at a steady rate."""
    ahead = hours_left * 3600 + step_seconds * np.arange(points)[::-1]
    rng = np.random.default_rng(seed)
    return history(1e6 * ahead + noise * rng.standard_normal(points), step_seconds)


@pytest.mark.parametrize(("hours", "severity"), [(2, Severity.P1), (20, Severity.P2)])
def test_a_filling_disk_is_found_with_its_hour_and_how_urgent_it_is(hours, severity):
    finding = judge(falling(hours), *DISK, now=NOW, horizon_seconds=WEEK).finding
    assert finding.severity is severity
    assert finding.kind == "capacity.disk"
    assert finding.summary.startswith("/ on host runs out of disk space on ")
    assert "(90% between " in finding.summary
    until = finding.evidence["exhausted_at"]
    truth = NOW + hours * 3600
    assert until["earliest"].timestamp() <= truth <= until["latest"].timestamp()
    assert abs(until["estimate"].timestamp() - truth) < 0.1 * hours * 3600
    assert finding.evidence["slope_per_second"] == pytest.approx(-1e6, rel=0.1)
    assert finding.confidence == 0.9


def test_what_lies_beyond_the_horizon_is_no_finding():
    judged = judge(falling(200, points=3000), *DISK, now=NOW, horizon_seconds=WEEK)
    assert judged == type(judged)(None, "")


def test_a_trend_is_not_drawn_further_than_ten_times_its_history():
    assert judge(falling(60, points=300), *DISK, now=NOW, horizon_seconds=WEEK).finding is None
    assert judge(falling(40, points=300), *DISK, now=NOW, horizon_seconds=WEEK).finding is not None


@pytest.mark.parametrize("points", [0, 1, 29])
def test_too_few_samples_are_not_judged(points):
    judged = judge(falling(2, points=points), *DISK, now=NOW, horizon_seconds=WEEK)
    assert judged.finding is None
    assert judged.reason


def test_too_short_a_history_is_not_judged_and_says_how_much_is_needed():
    judged = judge(falling(1, points=100, step_seconds=5), *DISK, now=NOW, horizon_seconds=WEEK)
    assert judged.reason == "100 samples over 8 minutes of steady history; 30 over 10 are needed"


def test_history_before_a_cleanup_does_not_count():
    """A sawtooth that was just emptied: what fell before says nothing of what is left now."""
    saw = np.concatenate([np.linspace(50e9, 1e9, 300), np.full(300, 50e9)])
    assert judge(history(saw), *DISK, now=NOW, horizon_seconds=WEEK).finding is None


def test_all_missing_is_no_history():
    assert judge(history(np.full(100, np.nan)), *DISK, now=NOW, horizon_seconds=WEEK).reason == "no history"


def test_constant_and_rising_are_fine():
    for left in (np.full(300, 5e9), np.linspace(5e9, 6e9, 300)):
        judged = judge(history(left), *DISK, now=NOW, horizon_seconds=WEEK)
        assert (judged.finding, judged.reason) == (None, "")


def test_steady_noise_gives_findings_in_at_most_two_percent_of_runs():
    """AR(1) noise around a level, r = 0.9: there is nothing to find."""
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(300):
        noise = rng.standard_normal(300)
        for i in range(1, 300):
            noise[i] += 0.9 * noise[i - 1]
        found += judge(history(20e9 + 1e9 * noise), *DISK, now=NOW, horizon_seconds=WEEK).finding is not None
    assert found / 300 <= 0.02
