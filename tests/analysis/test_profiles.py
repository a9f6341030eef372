"""Shares with intervals that hold, and differences that are called ones only where they are."""

from __future__ import annotations

import importlib.util
import math
import random
from pathlib import Path

import pytest

from codesentinel.analysis.efficiency.profiles.diff import Work, diff
from codesentinel.analysis.efficiency.profiles.hot import report
from codesentinel.analysis.efficiency.profiles.join import joined
from codesentinel.capture.profiles.course import counted
from codesentinel.model.profile import Frame, Profile, Stack, merged
from codesentinel.model.profile_views import FASTER, SLOWER, UNTESTED, Side
from codesentinel.stats.false_discovery import adjusted
from codesentinel.stats.split_count import split_p_value, split_score

FILE = Path(__file__).resolve().parents[2] / "benchmarks/efficiency/profile_diff.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("profile_diff_benchmark", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def profile(**samples):
    return Profile(
        merged([Stack((Frame(n, "m.py"),), "", k) for n, k in samples.items()]), "test", rate_hertz=100.0
    )


def compare(before, after, **options):
    found = diff(Side(None, before, "a"), Side(None, after, "b"), **options)
    return {one.name: one for one in found.changes}, found


def test_a_slowdown_of_15_percent_among_300_is_found_and_the_same_program_is_not_flagged(bench):
    found, _ = bench.detection(random.Random(1), 0.4, 12)
    assert found >= 0.6
    assert bench.false_alarms(random.Random(2), 0.4, 12) <= 0.25


def test_when_one_gets_slower_the_others_are_not_called_faster():
    changes, found = compare(
        profile(hot=6000, cold=3000, other=3000), profile(hot=9000, cold=3000, other=3000)
    )
    assert changes["hot"].outcome == SLOWER
    assert changes["hot"].ratio.estimate == pytest.approx(1.5, rel=0.01)
    assert [one.name for one in found.slower] == ["hot"]
    assert found.faster == ()
    assert found.exit_status == 1


def test_a_known_amount_of_work_settles_which_side_changed():
    before, after = profile(hot=8000, cold=1000), profile(hot=8000, cold=500)
    changes, found = compare(before, after, work=Work(1000, 1000))
    assert changes["cold"].outcome == FASTER
    assert found.slower == ()
    changes, _ = compare(before, after, work=Work(1000, 500))
    assert changes["hot"].outcome == SLOWER
    assert changes["hot"].ratio.estimate == pytest.approx(2, rel=0.01)


def test_what_is_new_is_found_and_what_was_hardly_seen_is_not_judged():
    changes, _ = compare(profile(old=5000, rare=3), profile(old=5000, new=200, rare=4))
    assert changes["new"].outcome == SLOWER
    assert changes["rare"].outcome == UNTESTED
    assert changes["rare"].p_value is None


def test_a_difference_of_a_few_percent_is_none_however_many_samples():
    changes, _ = compare(profile(a=1_000_000, b=1_000_000), profile(a=1_030_000, b=1_000_000))
    assert changes["a"].q_value < 1e-6
    assert changes["a"].outcome not in (SLOWER, FASTER)


def test_samples_in_long_runs_are_worth_fewer():
    rng = random.Random(3)
    runs = [rng.choice("ab") for _ in range(150)]
    frames = {name: (Frame(name, "m.py"),) for name in "ab"}
    long = Profile(merged(counted([(frames[one], 40) for one in runs], "t")), "test")
    mixed = Profile(merged(counted([(frames[rng.choice("ab")], 1) for _ in range(6000)], "t")), "test")
    assert report(long).functions[0].worth < 600
    assert report(mixed).functions[0].worth > 4000
    wide = report(long).functions[0].self_ratio
    assert wide.upper - wide.lower > 0.08


def test_the_interval_of_a_share_holds():
    held = 0
    for seed in range(100):
        rng = random.Random(seed)
        names = rng.choices("ab", [0.3, 0.7], k=600)
        one = Profile(merged(counted([((Frame(n, "m.py"),), 1) for n in names], "t")), "test")
        ratio = next(f.self_ratio for f in report(one).functions if f.name == "a")
        held += ratio.lower <= 0.3 <= ratio.upper
    assert held >= 90


def test_self_and_total_and_recursion():
    frames = (Frame("main", "a.py"), Frame("walk", "b.py"), Frame("walk", "b.py"), Frame("leaf", "c.py"))
    found = report(Profile(merged([Stack(frames, "t1", 60), Stack(frames[:2], "t2", 40)]), "test"))
    told = {one.name: (one.self_samples, one.total_samples) for one in found.functions}
    assert told == {"leaf": (60, 60), "walk": (40, 100), "main": (0, 100)}
    assert [(one.name, one.samples) for one in found.modules] == [("c", 60), ("b", 40)]
    assert [(one.name, one.samples) for one in found.threads] == [("t1", 60), ("t2", 40)]
    assert any("order of the samples" in note for note in found.notes)


def test_joined_profiles_keep_all_samples_one_after_the_other():
    ones = [Profile(tuple(counted([((Frame(n),), 80)], "t")), "test", duration_seconds=2.0) for n in "ab"]
    whole = joined(ones)
    assert whole.samples == 160
    assert whole.duration_seconds == 4
    first = next(s for s in whole.stacks if s.frames[0].function == "a")
    assert sum(first.course[:20]) == 80


def test_an_exact_split_and_a_large_one():
    assert split_p_value(0, 5, (1e9, 1e9)) == pytest.approx(2 * 0.5**5)
    assert split_p_value(100, 100, (5000, 5000)) == pytest.approx(1)
    assert split_p_value(3000, 3300, (3000, 3000)) == pytest.approx(
        2 * (1 - 0.5 * (1 + math.erf(2.654 / math.sqrt(2)))), rel=0.05
    )
    assert split_p_value(3000, 3300, (3000, 3000), 4.0) > 0.1


def test_adjusted_is_benjamini_hochberg_where_weights_are_equal():
    assert adjusted([0.01, 0.02, 0.03, 0.8], [1, 1, 1, 1]) == pytest.approx([0.04, 0.04, 0.04, 0.8])
    assert adjusted([0.02, 0.5], [3, 1])[0] < adjusted([0.02, 0.5], [1, 1])[0]
    assert adjusted([], []) == []
    with pytest.raises(ValueError, match="positive"):
        adjusted([0.1], [0])


def test_a_dispersion_that_was_estimated_makes_the_test_more_careful():
    scipy_stats = pytest.importorskip("scipy.stats")
    for count in (3100, 3200, 3300):
        score = split_score(3000, count, (3000, 3000))
        normal = split_p_value(3000, count, (3000, 3000))
        careful = split_p_value(3000, count, (3000, 3000), 1.0, 78.0)
        assert careful > normal
        assert careful == pytest.approx(2 * scipy_stats.t.sf(score, 78), rel=0.01)
