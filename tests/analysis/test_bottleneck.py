"""The cause of a simulated trouble comes first, and what is no cause is said to be none."""

from __future__ import annotations

import graphlib

import numpy as np
import pytest

from codesentinel.analysis.efficiency.bottleneck.causes import KINDS
from codesentinel.analysis.efficiency.bottleneck.evidence import Measured
from codesentinel.analysis.efficiency.bottleneck.judge import judge
from codesentinel.analysis.efficiency.bottleneck.knee import knee
from codesentinel.analysis.efficiency.bottleneck.question import Landed, Question
from codesentinel.analysis.efficiency.bottleneck.table import CANDIDATES
from codesentinel.analysis.efficiency.bottleneck.troubles import Service

N = 120
START = 1_790_000_000.0
TABLE = {one.name: one for one in CANDIDATES}


def switching(chance, n=N):
    """A fault that is on and off in turn, for 4 to 13 moments; off to begin with."""
    level, at, on = np.zeros(n), 12, True
    while at < n:
        longer = int(chance.integers(4, 14))
        level[at : at + longer] = on
        at, on = at + longer, not on
    return level


class Simulated:
    """A service that takes 30 ms, and what is measured of it."""

    def __init__(self, seed=1, n=N):
        self.chance = np.random.default_rng(seed)
        self.n = n
        self.load = 24 + 8 * np.sin(np.arange(n) / 4) + self.noise()
        self.latency = 0.03 * (1 + 0.03 * self.noise())
        self.errors = np.zeros(n)
        self.active = np.ones(n)
        self.measured = []

    def noise(self):
        return self.chance.standard_normal(self.n)

    def measure(self, name, values, subject=""):
        self.measured.append(Measured(TABLE[name], subject, np.asarray(values, dtype=np.float64)))

    def judge(self, *deployments, **known):
        times = START + np.arange(self.n)
        service = Service(times, self.latency, self.errors, self.load, self.active)
        return judge(Question("a server", "shop", deployments, **known), service, self.measured, [])


@pytest.fixture
def slow():
    """A dependency that takes 60 ms more at times; the pool, and much that has nothing to do with it."""
    one = Simulated()
    one.fault = switching(one.chance)
    one.latency = one.latency + 0.06 * one.fault
    one.measure("dependency", one.load * (0.025 + 0.06 * one.fault + 0.001 * one.noise()), "stock")
    one.measure("dependency", one.load * (0.002 + 0.0001 * one.noise()), "prices")
    one.measure("pool-wait", one.load * np.maximum(0.01 * one.fault + 0.0005 * one.noise(), 0))
    one.measure("cpu-used", 0.2 + 0.02 * one.noise())
    one.measure("host-io-pressure", np.abs(0.02 * one.noise()))
    one.measure("gc-pause", np.zeros(N))
    return one


def test_the_dependency_that_is_slow_is_named_and_the_pool_is_its_symptom(slow):
    found = slow.judge()
    assert found.verdict == "explained"
    assert [one.cause for one in found.causes] == ["dependency"]
    cause = found.causes[0]
    assert cause.symptoms == ("pool",)
    best = cause.evidence[0]
    assert best.subject == "stock"
    assert best.accounts_ratio == pytest.approx(1, abs=0.1)
    assert best.correlation.lower > 0.5
    assert best.apart_from_load.lower > 0.5
    assert best.p_value < 0.001
    assert abs(best.lag_seconds) <= 1
    assert found.exit_status == 1
    assert found.findings[0].kind == "bottleneck-dependency"
    assert "plain load" in cause.rules_out[0]


def test_what_does_not_move_with_it_is_listed_with_the_reason(slow):
    reasons = {(one.name, one.subject): one.reason for one in slow.judge().excluded}
    assert set(reasons) == {
        ("dependency", "prices"),
        ("cpu-used", ""),
        ("host-io-pressure", ""),
        ("gc-pause", ""),
    }
    assert "does not move with it" in reasons["cpu-used", ""]


def test_the_time_at_which_it_began_is_told_to_the_second(slow):
    assert slow.judge().troubles[0].since == pytest.approx(START + 12, abs=1)


@pytest.mark.parametrize(("before", "named"), [(3.0, True), (60.0, False), (-60.0, False)])
def test_the_deployment_just_before_is_named_and_no_other(slow, before, named):
    found = slow.judge(Landed(START + 12 - before, "d-1"), Landed(START - 5000, "d-0"))
    assert found.causes[0].deployment == ("d-1" if named else "")
    assert ("since deployment d-1" in found.findings[0].summary) is named


def test_what_is_not_measured_is_neither_named_nor_ruled_out(slow):
    found = slow.judge()
    assert "throttling" in found.unmeasured
    assert "pool" not in found.unmeasured
    assert "throttl" not in str(found.causes[0].rules_out)


def test_a_service_that_does_as_ever_has_no_finding_whatever_its_metrics_do():
    for seed in range(20):
        one = Simulated(seed)
        one.measure("dependency", one.load * 0.025)
        one.measure("host-cpu", np.clip(np.cumsum(0.1 * one.noise()), 0, 1))
        found = one.judge()
        assert (found.verdict, found.causes, found.findings, found.exit_status) == ("fine", (), (), 0)
        assert "as well as ever" in found.summary


def test_no_resource_explains_it_is_an_answer_and_points_to_the_profile():
    one = Simulated()
    one.latency = one.latency + 0.05 * switching(one.chance)
    one.measure("cpu-used", 0.2 + 0.02 * one.noise())
    found = one.judge(profile="codesentinel profile report p-7")
    assert (found.verdict, found.causes) == ("unexplained", ())
    assert "No resource explains it: look at the code" in found.summary
    assert "codesentinel profile report p-7" in found.findings[0].action
    assert "codesentinel profile record" in one.judge().findings[0].action


def test_unrelated_wandering_metrics_hardly_ever_explain_it():
    """Six random walks and six switches beside each of 30 troubles: 5 % would be 1.5 of 30."""
    called = 0
    for seed in range(30):
        one = Simulated(seed)
        one.latency = one.latency + 0.05 * switching(one.chance)
        for name in ("dependency", "lock-wait", "run-delay", "pool-wait", "blocked-threads", "log-time"):
            walk = np.cumsum(one.noise())
            one.measure(name, one.load * 0.05 * (walk - walk.min()), "walk")
            one.measure(name, one.load * 0.05 * switching(one.chance), "switch")
        called += one.judge().verdict == "explained"
    assert called <= 6


def test_what_follows_plain_load_is_no_cause_of_its_own():
    one = Simulated()
    one.latency = 0.03 / (1 - one.load / 36) * (1 + 0.02 * one.noise())
    one.measure("host-load", 2 * one.load / 24 + 0.05 * one.noise())
    found = one.judge()
    assert found.causes == ()
    assert found.verdict == "explained"
    assert found.findings[0].kind == "bottleneck-load"
    assert "load alone" in found.summary
    assert "plain load explains it" in found.excluded[0].reason


def test_a_metric_that_moves_along_but_is_too_small_is_no_cause(slow):
    slow.measured.clear()
    slow.measure("lock-wait", slow.load * (0.0004 * slow.fault + 0.00001 * slow.noise()))
    slow.measure("descriptors", 0.01 + 0.02 * slow.fault)
    slow.measure("disk-busy", 0.5 - 0.3 * slow.fault)
    reasons = [one.reason for one in slow.judge().excluded]
    assert "of the added latency" in reasons[0]
    assert "hurts from" in reasons[1]
    assert "other way" in reasons[2]


def test_time_in_the_log_counts_only_where_there_is_more_in_it(slow):
    slow.measured.clear()
    slow.measure("log-time", slow.load * 0.05 * slow.fault)
    slow.measure("log-records", 100 + slow.noise())
    assert slow.judge().causes == ()
    slow.measured.pop()
    slow.measure("log-records", 100 + 9000 * slow.fault + slow.noise())
    assert slow.judge().causes[0].cause == "log"


def test_a_quota_that_is_used_up_is_the_cause_of_all_that_waits(slow):
    slow.measure("throttled", np.clip(0.8 * slow.fault + 0.01 * slow.noise(), 0, 1))
    found = slow.judge()
    assert found.causes[0].cause == "throttling"
    assert set(found.causes[0].symptoms) == {"dependency", "pool"}


def test_failures_are_explained_as_slowness_is():
    one = Simulated()
    fault = switching(one.chance)
    one.errors = np.clip(0.3 * fault + 0.01 * np.abs(one.noise()), 0, 1)
    one.measure("descriptors", 0.5 + 0.49 * fault)
    found = one.judge()
    assert [t.name for t in found.troubles] == ["errors"]
    assert found.causes[0].cause == "descriptors"
    assert found.causes[0].evidence[0].saturated
    assert "failing 3" in found.summary


def test_less_done_while_more_wait_is_a_trouble_and_less_asked_is_none():
    one = Simulated()
    fault = switching(one.chance)
    one.load = one.load * (1 - 0.8 * fault)
    assert one.judge().troubles == ()
    one.active = 1 + 30 * fault
    assert [t.name for t in one.judge().troubles] == ["throughput"]


@pytest.mark.parametrize("n", [2, 3, 20])
@pytest.mark.parametrize("value", [np.nan, 0.0, 1.0, np.inf])
def test_what_is_empty_constant_or_short_is_never_a_crash(n, value):
    one = Simulated(n=n)
    one.load = one.latency = one.errors = one.active = np.full(n, value)
    for name in TABLE:
        one.measure(name, np.full(n, value))
    found = one.judge()
    assert found.causes == ()
    assert found.knee.status == "not judged"


def test_every_candidate_has_a_kind_and_a_name_of_its_own():
    assert len(TABLE) == len(CANDIDATES)
    assert {one.cause for one in CANDIDATES} == set(KINDS)
    assert {brought for kind in KINDS.values() for brought in kind.brings} <= set(KINDS)
    assert {one.needs for one in CANDIDATES} <= {"", *TABLE}


def queue(chance, most, capacity=50.0, n=400):
    """A queue with one server: load that wanders up to ``most``, and the time that a request takes."""
    load = most * (0.55 + 0.45 * np.sin(np.arange(n) / 9)) + 0.2 * chance.standard_normal(n)
    load = np.clip(load, 1, None)
    return load, 1 / capacity / (1 - np.minimum(load / capacity, 0.98)) * (
        1 + 0.05 * chance.standard_normal(n)
    )


def test_the_knee_of_a_queue_is_found_and_its_interval_holds_it():
    held = 0
    for seed in range(20):
        load, latency = queue(np.random.default_rng(seed), most=42)
        found = knee(load, latency, np.random.default_rng(0))
        assert found.status == "seen"
        assert found.capacity.estimate == pytest.approx(50, rel=0.15)
        held += found.capacity.lower <= 50 <= (found.capacity.upper or np.inf)
    assert held >= 16


def test_a_knee_that_load_never_came_near_is_not_told_of():
    chance = np.random.default_rng(1)
    load = 10 + 5 * np.sin(np.arange(300) / 9)
    flat = 0.02 * (1 + 0.1 * chance.standard_normal(300))
    assert knee(load, flat, chance).status == "not seen"
    assert knee(load[:10], flat[:10], chance).status == "not judged"
    assert knee(load, flat, chance, disturbed="the disk").status == "not judged"


def test_what_brings_about_what_has_no_circle():
    order = list(
        graphlib.TopologicalSorter({kind: set(about.brings) for kind, about in KINDS.items()}).static_order()
    )
    assert set(order) == set(KINDS)
