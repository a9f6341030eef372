"""What a canary's judge says of canaries whose truth is known, beside what others say of them.

    python benchmarks/canary/judge.py [--quick]    (few runs, and no word on speed)

Sixty looks, one a minute; seeds are fixed. Exit status 1 when a false alarm is more frequent than one in
twenty, harm is found too rarely or too late, or what must never pass passes. Others are Kayenta's algorithm
and a Mann-Whitney test, both of one value a minute, from the fifth minute on.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import peers
import scenarios

from codesentinel.analysis.experiments.judge import judge
from codesentinel.model.canary import (
    ArmCounts,
    CanaryConfig,
    CanaryMetric,
    MetricCounts,
    Observations,
)

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import Spread, claim, share

if TYPE_CHECKING:
    from collections.abc import Mapping

ALPHA = 0.05
NEVER = 10**6
MOST_SECONDS = 0.05
LOW, MID, SPLIT = (600, 600), (6000, 6000), (5700, 300)
EDGES = 60.0 * np.arange(scenarios.MINUTES + 1)


class Expected(NamedTuple):
    """What has to be found, in how many of the runs, by which minute in the median."""

    least: float = 0.0
    most: float = 1.0
    median: float = NEVER


class Case(NamedTuple):
    """One line of the table."""

    name: str
    kind: str
    requests: tuple[int, int]
    scenario: str
    expected: Expected
    margin: float = 0.25
    warm_up: float = 0.0
    truth: Mapping[str, float] = MappingProxyType({})


FALSE = Expected(most=ALPHA)
CASES = (
    Case("latency, nothing wrong", "latency", LOW, "", FALSE),
    Case("latency, nothing wrong, no margin", "latency", LOW, "", FALSE, 0.0),
    Case("latency, shared drift", "latency", LOW, "drift", FALSE),
    Case("latency, shared drift, no margin", "latency", LOW, "drift", FALSE, 0.0),
    Case("latency, 2% noise of each arm", "latency", LOW, "noise", FALSE),
    Case("latency, 2% noise of each arm, 6000 rpm", "latency", MID, "noise", FALSE),
    Case("latency, split 300 to 5700", "latency", SPLIT, "drift", FALSE),
    Case("latency, cold start, warm-up 10 min", "latency", LOW, "cold", FALSE, warm_up=600.0),
    Case("latency, cold start, 6000 rpm, warm-up 10 min", "latency", MID, "cold", FALSE, warm_up=600.0),
    Case("errors, nothing wrong", "errors", LOW, "", FALSE),
    Case("errors, shared incident", "errors", LOW, "incident", FALSE),
    Case("errors in bursts, 600 rpm", "errors", LOW, "bursts", FALSE),
    Case("errors in bursts, 6000 rpm", "errors", MID, "bursts", FALSE),
    Case("errors in bursts, split 300 to 5700", "errors", SPLIT, "bursts", FALSE),
    Case("p95 +10%, no margin", "latency", LOW, "", Expected(0.99, median=5), 0.0, truth={"slower": 1.1}),
    Case(
        "p95 +10%, drift, no margin",
        "latency",
        LOW,
        "drift",
        Expected(0.99, median=5),
        0.0,
        truth={"slower": 1.1},
    ),
    Case("p95 +25%", "latency", LOW, "", Expected(0.99, median=3), truth={"slower": 1.25}),
    Case(
        "p95 +25%, split 300 to 5700", "latency", SPLIT, "", Expected(0.99, median=3), truth={"slower": 1.25}
    ),
    Case(
        "errors 0.1% -> 0.5%, 600 rpm", "errors", LOW, "", Expected(0.99, median=6), truth={"canary": 0.005}
    ),
    Case(
        "errors 0.1% -> 0.5%, 6000 rpm", "errors", MID, "", Expected(0.99, median=2), truth={"canary": 0.005}
    ),
)


def observed(kind, requests, events) -> Observations:
    """One run; ``events`` of baseline and canary, shape (minutes, k)."""
    arms = [
        ArmCounts(np.broadcast_to(float(n), (1, len(one))).copy(), one[None].copy())
        for n, one in zip(requests, events, strict=True)
    ]
    bounds = scenarios.BOUNDS if kind == "latency" else ()
    return Observations(EDGES, {kind: MetricCounts(*arms, bounds)})


def looked(case: Case, many) -> tuple[np.ndarray, np.ndarray]:
    """For each run the minutes of the first FAIL and the first PASS that a rollout would see; 0: never.

    One judgement of the whole hour holds what was said after each block: a test of the project says so.
    """
    config = CanaryConfig(
        (CanaryMetric(case.kind, case.kind, relative_margin=case.margin),), warm_up_seconds=case.warm_up
    )
    failed, passed = [], []
    for run in range(many.events.shape[1]):
        (one,) = judge(config, observed(case.kind, many.requests, many.events[:, run])).metrics
        for found, evidence in ((failed, one.evidence), (passed, one.safe_evidence)):
            found.append(next((i + 1 for i, e in enumerate(evidence) if e >= 1 / ALPHA), 0))
    return np.array(failed), np.array(passed)


def told(first) -> str:
    found = np.mean(first > 0)
    median = np.median(np.where(first > 0, first, NEVER))
    return f"{found:7.1%} {'   -' if median >= NEVER else f'{median:4g}'}"


def holds(first, expected: Expected) -> bool:
    found = float(np.mean(first > 0))
    median = float(np.median(np.where(first > 0, first, NEVER)))
    return expected.least <= found <= expected.most and median <= expected.median


def table(runs: int) -> list[str]:
    """Print a line for each case; the names of those that do not hold."""
    wrong = []
    heading = "alarms within 60 looks, and the median minute"
    print(f"{heading:<48}{'codesentinel':>13}{'Kayenta':>13}{'Mann-Whitney':>14}")
    for number, case in enumerate(CASES):
        rng = np.random.default_rng(1000 + number)
        make = scenarios.latencies if case.kind == "latency" else scenarios.errors
        many = make(
            rng,
            runs if case.expected is FALSE else max(runs // 3, 100),
            case.requests,
            case.scenario,
            **case.truth,
        )
        failed, _ = looked(case, many)
        others = many.per_minute[:, :, round(case.warm_up / 60) :]
        few = others[:, : min(300, runs)]
        ok = holds(failed, case.expected)
        alarms = int(np.sum(failed > 0))
        claim(
            f"{'false alarms' if case.expected is FALSE else 'found'}: {case.name}",
            alarms / len(failed),
            "%",
            peer="Mann-Whitney, looked at every minute",
            theirs=float(np.mean(peers.mann_whitney(others) > 0)),
            spread=share(alarms, len(failed)),
            limit=f"at most {case.expected.most:.0%}"
            if case.expected is FALSE
            else f"at least {case.expected.least:.0%}",
        )
        wrong += [] if ok else [case.name]
        print(
            f"{case.name:<48}{told(failed):>13}{told(peers.kayenta(few)):>13}{told(peers.mann_whitney(others)):>14}"
            f"  {'' if ok else 'NOT AS IT SHOULD BE'}",
            flush=True,
        )
    return wrong


def never_pass(runs: int) -> list[str]:
    """What must never pass, whatever else is said of it."""
    rng = np.random.default_rng(7)
    wrong = []

    def count(name, case, many):
        failed, passed = looked(case, many)
        print(
            f"{name:<48}{f'{np.mean(passed > 0):.1%} pass, {np.mean(failed > 0):.1%} fail':>27}", flush=True
        )
        wrong.extend([name] if (passed > 0).any() else [])

    for requests in (LOW, MID):
        name = f"variance +30%, {requests[0]} rpm"
        count(
            name,
            Case(name, "latency", requests, "", FALSE),
            scenarios.latencies(rng, runs, requests, sigma=0.6 * 1.3**0.5),
        )
        slow, same = (
            scenarios.latencies(rng, runs, requests, slower=100.0),
            scenarios.latencies(rng, runs, requests),
        )
        name = f"100 times slower in 7 of 10 minutes, {requests[0]} rpm"
        often = np.arange(scenarios.MINUTES) % 10 < 7
        same.events[1] = np.where(often[:, None], slow.events[1], same.events[1])
        count(name, Case(name, "latency", requests, "", FALSE), same)
    for name, arms in (
        ("all NaN", (np.nan, np.nan)),
        ("the canary is NaN", (1.0, np.nan)),
        ("the canary is silent", (1.0, 0.0)),
    ):
        many = scenarios.latencies(rng, min(runs, 50), LOW)
        config = CanaryConfig((CanaryMetric("latency", "latency"),))
        verdicts = set()
        for run in range(many.events.shape[1]):
            seen = observed("latency", LOW, many.events[:, run] * np.array(arms)[:, None, None])
            both = seen.metrics["latency"]
            for arm, factor in zip((both.baseline, both.canary), arms, strict=True):
                arm.requests[:] *= factor
            verdicts.add(judge(config, seen).verdict)
        print(f"{name:<48}{', '.join(sorted(verdicts)):>27}")
        wrong += [name] if "PASS" in verdicts else []
    return wrong


def speed() -> list[str]:
    """Fifty metrics, sixty minutes, in time of the processor; the best of twenty."""
    rng = np.random.default_rng(3)
    kinds = ["latency"] * 25 + ["errors"] * 15 + ["resource"] * 10
    metrics, counts = [], {}
    for number, kind in enumerate(kinds):
        name = f"{kind} {number}"
        metrics.append(CanaryMetric(name, kind))
        if kind == "resource":
            events = rng.gamma(50.0, 0.24, (2, scenarios.MINUTES, 1))
        else:
            events = (scenarios.latencies if kind == "latency" else scenarios.errors)(rng, 1, LOW).events[
                :, 0
            ]
        counts[name] = observed(kind, LOW, events).metrics[kind]
    config, seen = CanaryConfig(tuple(metrics)), Observations(EDGES, counts)
    taken = []
    for _ in range(20):
        began = time.process_time()
        judge(config, seen)
        taken.append(time.process_time() - began)
    best = min(taken)
    claim(
        "judging 50 metrics over 60 minutes",
        best * 1000,
        "ms CPU",
        spread=Spread(best * 1000, max(taken) * 1000),
        limit=f"under {MOST_SECONDS * 1000:g} ms",
    )
    print(f"{'50 metrics, 60 minutes':<48}{f'{best * 1000:.0f} ms':>27}")
    return ["speed"] if best >= MOST_SECONDS else []


def main() -> int:
    """The tables; 1 when something is not as it should be."""
    parser = argparse.ArgumentParser(description="What a canary's judge says of known canaries.")
    parser.add_argument("--quick", action="store_true", help="few runs")
    quick = parser.parse_args().quick
    runs = 40 if quick else 1500
    slow = speed()
    wrong = table(runs) + never_pass(max(runs // 3, 20)) + ([] if quick else slow)
    print(f"not as it should be: {', '.join(wrong) or 'nothing'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
