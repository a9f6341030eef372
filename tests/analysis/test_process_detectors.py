"""Each detector on histories with a known answer: it tells what is so, and is silent on what looks like it."""

from __future__ import annotations

import random

import pytest

from codesentinel.analysis.processes.anomalies import anomalies
from codesentinel.analysis.processes.limits import Thresholds
from codesentinel.model.finding import Severity
from process_histories import GIB, history, host, of_one, process, sampled

MIB = 1 << 20


def kinds(past, **limits):
    return {finding.kind.removeprefix("process-") for finding in anomalies(past, Thresholds(**limits))}


def only(past, kind, **limits):
    [finding] = [one for one in anomalies(past, Thresholds(**limits)) if one.kind == f"process-{kind}"]
    return finding


def test_a_quiet_process_is_no_anomaly():
    assert kinds(of_one(60, lambda _: sampled(process()))) == set()


@pytest.mark.parametrize(("used", "waited"), [(1.0, 0.0), (0.4, 0.58), (0.2, 0.75)])
def test_a_runaway_is_told_by_what_it_wants_and_not_by_what_it_gets(used, waited):
    past = of_one(40, lambda n: sampled(process(state="R"), n * used, waited_seconds=n * waited))
    finding = only(past, "runaway")
    assert finding.evidence["demand_ratio"] == pytest.approx(used + waited, abs=0.01)
    assert "without a pause for 39s" in finding.summary
    assert "100:100-beef" in finding.action


def test_a_runaway_that_began_a_moment_ago_is_not_told_yet():
    past = of_one(40, lambda n: sampled(process(age=500), max(0, n - 25) * 1.0))
    assert kinds(past) == set()


def test_a_batch_that_rested_is_no_runaway():
    cpu, total = [], 0.0
    for number in range(60):
        total += 0.0 if number % 15 == 0 else 1.0
        cpu.append(total)
    assert kinds(of_one(60, lambda n: sampled(process(age=500), cpu[n]))) == set()


def test_a_lifelong_runaway_is_told_without_any_history():
    past = of_one(3, lambda n: sampled(process(age=100.0), 99.9 + n * 0.05), step=0.05)
    assert only(past, "runaway").since.timestamp() == pytest.approx(1_700_000_000 - 100)
    assert kinds(of_one(3, lambda n: sampled(process(age=100.0), 50 + n * 0.05), step=0.05)) == set()
    kernel = of_one(3, lambda n: sampled(process(age=100.0, kernel=True), 99.9 + n * 0.05), step=0.05)
    assert kinds(kernel) == set()


def test_a_memory_leak_is_told_with_the_time_that_is_left():
    past = of_one(40, lambda n: sampled(process(rss=50 * MIB + n * MIB)))
    finding = only(past, "memory-leak")
    assert finding.severity is Severity.P2
    assert finding.evidence["slope_bytes_per_second"] == pytest.approx(MIB)
    assert finding.evidence["exhausted_in_seconds"] == pytest.approx(8 * 1024)
    soon = of_one(
        40, lambda n: sampled(process(rss=50 * MIB + n * 10 * MIB)), hosts=[host(available=GIB)] * 40
    )
    assert only(soon, "memory-leak").severity is Severity.P1


@pytest.mark.parametrize(
    "rss",
    [
        lambda n: 50 * MIB + (n % 10) * 8 * MIB,  # a collector's saw-tooth
        lambda n: 50 * MIB + min(n, 15) * 5 * MIB,  # a cache that has warmed up
        lambda n: 50 * MIB + (n >= 20) * 400 * MIB,  # a library loaded late
        lambda n: 50 * MIB + n * 20_000,  # slower than anybody would call a leak
        lambda n: 50 * MIB + int(40 * MIB * (1 - 0.93**n)),  # warms up, ever more slowly
        lambda n: 250 * MIB - n * MIB,
    ],
)
def test_what_is_no_leak(rss):
    assert "memory-leak" not in kinds(of_one(60, lambda n: sampled(process(rss=rss(n)))))


def test_a_leak_that_lasts_longer_than_a_day_is_left_to_the_trends():
    slow = of_one(40, lambda n: sampled(process(rss=50 * MIB + n * 150_000)), step=5.0)
    assert "memory-leak" not in kinds(slow), "30 KB/s of 8 GiB: three days"
    small = [host(available=GIB)] * 40
    assert "memory-leak" in kinds(
        of_one(40, lambda n: sampled(process(rss=50 * MIB + n * 150_000)), step=5.0, hosts=small)
    )


def test_leaks_of_descriptors_and_threads_with_their_limits():
    past = of_one(40, lambda n: sampled(process(), fds=10 + n, fds_limit=4096))
    finding = only(past, "fd-leak")
    assert finding.evidence["exhausted_in_seconds"] == pytest.approx(4096 - 49, abs=2)
    assert kinds(of_one(40, lambda n: sampled(process(threads=1 + n)))) == {"thread-leak"}


def test_a_leak_among_many_that_are_closed_takes_longer_to_tell():
    chance = random.Random(5)
    noise = [chance.randint(0, 10) for _ in range(80)]

    def busy(n):
        return sampled(process(), fds=20 + n + noise[n])

    assert "fd-leak" not in kinds(of_one(40, busy))
    assert "fd-leak" in kinds(of_one(80, busy))


def test_connections_that_drift_are_hardly_ever_taken_for_a_leak():
    told = 0
    for seed in range(100):
        chance, level, fds = random.Random(seed), 10, []
        for _ in range(80):
            level = min(60, max(5, level + chance.randint(-4, 4)))
            fds.append(level)
        past = of_one(80, lambda n, fds=fds: sampled(process(), fds=fds[n]))
        told += "fd-leak" in kinds(past)
    assert told <= 3


def test_zombies_are_told_of_the_parent_that_does_not_reap():
    def row(count):
        return [sampled(process(50)), *(sampled(process(60 + n, ppid=50, state="Z")) for n in range(count))]

    assert only(history([row(6)] * 4), "zombies").evidence["pid"] == 50
    assert kinds(history([row(4)] * 4)) == set()
    assert kinds(history([row(0), row(0), row(6)])) == set(), "they may be reaped at once"


def test_stuck_means_that_it_does_not_run_between():
    assert kinds(of_one(4, lambda _: sampled(process(state="D"), 5.0))) == {"stuck"}
    assert kinds(of_one(4, lambda n: sampled(process(state="D"), 5.0 + n * 0.01))) == set()
    assert kinds(of_one(2, lambda _: sampled(process(state="D"), 5.0))) == set()
    assert kinds(of_one(3, lambda _: sampled(process(state="D"), 5.0), step=0.05)) == set()


def test_stopped_for_ten_seconds():
    assert kinds(of_one(12, lambda _: sampled(process(state="T")))) == {"stopped"}
    assert kinds(of_one(12, lambda n: sampled(process(state="T" if n > 5 else "S")))) == set()


def test_a_fork_storm_is_told_of_the_parent_also_across_the_wrap_of_ids():
    starts = [(30_000 + n * 500) % 32768 for n in range(10)]
    hosts = [host(starts=number) for number in starts]
    rows = [[sampled(process(50, faults=n * 200_000)), sampled(process(51, faults=n))] for n in range(10)]
    finding = only(history(rows, hosts=hosts), "fork-storm")
    assert (finding.evidence["pid"], finding.severity) == (50, Severity.P1)
    assert finding.evidence["starts_per_second"] == 500
    slow = [host(starts=n * 20) for n in range(10)]
    assert kinds(history(rows, hosts=slow)) == set()


def restarts(count, *, parent="runner", at_once=1, digest=None):
    rows = []
    for number in range(count):
        children = [
            sampled(
                process(200 + number * 10 + extra, ppid=50, age=-float(number)),
                argv_digest=digest(number, extra) if digest else "same",
            )
            for extra in range(at_once)
        ]
        rows.append([sampled(process(50, name=parent)), *children])
    return history(rows)


def test_a_restart_loop_and_what_only_looks_like_one():
    assert only(restarts(8), "restart-loop").evidence["pid"] == 50
    assert kinds(restarts(4)) == set()
    assert kinds(restarts(8, parent="sh")) == set(), "a loop in a script"
    assert kinds(restarts(8, at_once=4)) == set(), "a pool of workers"
    assert kinds(restarts(8, digest=lambda number, _: f"file-{number}")) == set(), "a build"


@pytest.mark.parametrize(
    ("exe", "kind"),
    [
        ("/memfd:x (deleted)", "program-in-memory"),
        ("/usr/sbin/daemon (deleted)", "program-deleted"),
        ("/tmp/x", "program-in-public-folder"),
        ("/dev/shm/x", "program-in-public-folder"),
        ("/var/tmp/x", "program-in-public-folder"),
    ],
)
def test_programs_that_should_not_be_there(exe, kind):
    assert kinds(of_one(1, lambda _: sampled(process(), exe=exe))) == {kind}


@pytest.mark.parametrize("name", ["kworker/0:1", "kthreadd", "[kworker/u8:0]", "ksoftirqd/1", "kswapd0"])
def test_a_false_kernel_thread_is_urgent_and_a_true_one_is_not_told(name):
    finding = only(of_one(1, lambda _: sampled(process(name=name))), "false-kernel-thread")
    assert finding.severity is Severity.P1
    assert kinds(of_one(1, lambda _: sampled(process(name=name, kernel=True)))) == set()
    assert kinds(of_one(1, lambda _: sampled(process(name="kubelet")))) == set()


def test_close_to_the_limit_of_descriptors():
    assert kinds(of_one(1, lambda _: sampled(process(), fds=820, fds_limit=1024))) == {"fd-limit"}
    assert kinds(of_one(1, lambda _: sampled(process(), fds=800, fds_limit=1024))) == set()
    assert kinds(of_one(1, lambda _: sampled(process(), fds=None, fds_limit=1024))) == set()
    assert kinds(of_one(1, lambda _: sampled(process(), fds=800, fds_limit=None))) == set()


def test_out_of_memory_risk_names_the_biggest():
    rows = [[sampled(process(50)), sampled(process(51, rss=6 * GIB))]] * 3
    little = history(rows, hosts=[host(available=200 * MIB)] * 3)
    assert only(little, "out-of-memory-risk").evidence["pid"] == 51
    assert "out-of-memory-risk" in kinds(history(rows, hosts=[host(stall=0.3)] * 3))
    assert "out-of-memory-risk" not in kinds(history(rows, hosts=[host(stall=0.0), host(stall=0.3), host()]))


def test_the_users_thresholds_with_runtime_as_a_gate():
    def busy(age):
        return of_one(3, lambda n: sampled(process(age=age), n * 0.9))

    assert kinds(busy(700.0)) == {"cpu-threshold"}
    assert kinds(busy(60.0)) == set()
    assert kinds(busy(60.0), min_runtime_seconds=10.0) == {"cpu-threshold"}
    assert kinds(busy(700.0), cpu_ratio=0.95) == set()
    assert kinds(of_one(3, lambda _: sampled(process(rss=5 * GIB)))) == {"memory-threshold"}
    assert kinds(of_one(3, lambda _: sampled(process(rss=3 * GIB)))) == set()


def test_a_threshold_says_nothing_beside_its_explanation():
    past = of_one(40, lambda n: sampled(process(), n * 1.0))
    assert kinds(past) == {"runaway"}


def test_unusual_for_itself():
    past = of_one(40, lambda n: sampled(process(rss=(n == 39) * 3 * GIB + 200 * MIB)))
    assert kinds(past) == {"unusual-memory"}
    small = of_one(40, lambda n: sampled(process(rss=(n == 39) * 300 * MIB + 200 * MIB)))
    assert kinds(small) == set()
    heir = [[sampled(process(10))] for _ in range(35)] + [
        [sampled(process(100, rss=3 * GIB))] for _ in range(3)
    ]
    assert kinds(history(heir)) == {"unusual-memory"}, "a new process, and unusual for its command"
    stranger = [[sampled(process(10))] for _ in range(35)] + [[sampled(process(100, name="db", rss=3 * GIB))]]
    assert kinds(history(stranger)) == set()
    few = of_one(20, lambda n: sampled(process(rss=(n == 19) * 3 * GIB + 200 * MIB)))
    assert kinds(few) == set()


def test_one_that_has_ended_or_been_replaced_is_not_judged_by_its_past():
    rows = [[sampled(process(100), n * 1.0)] for n in range(40)]
    rows.append([sampled(process(100, ticks=7, age=-40.0), 0.01)])
    assert kinds(history(rows)) == set()


def test_every_finding_says_what_when_and_what_to_do():
    rows = [
        [sampled(process(state="R", rss=(50 + n) * MIB), n * 1.0, fds=900, fds_limit=1000)] for n in range(40)
    ]
    found = anomalies(history(rows), Thresholds())
    assert [finding.severity.value for finding in found] == ["P1", "P2", "P2"]
    for finding in found:
        assert finding.source == "processes"
        assert finding.action
        assert "PID" not in finding.action.split()
        assert finding.evidence["name"] == "app"
        assert finding.until is not None
