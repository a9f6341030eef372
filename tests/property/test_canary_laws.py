"""What does not change a verdict on a canary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.analysis.experiments.judge import judge
from codesentinel.model.canary import ArmCounts, CanaryConfig, CanaryMetric, MetricCounts, Observations

KINDS = ("latency", "errors", "resource")
BOUNDS = (0.05, 0.1, 0.25, 0.5)
OTHER_WAY = {"increase": "decrease", "decrease": "increase", "either": "either"}

CASES = st.builds(
    lambda **facts: facts,
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(KINDS),
    direction=st.sampled_from(tuple(OTHER_WAY)),
    blocks=st.integers(1, 12),
    requests=st.tuples(st.integers(20, 3000), st.integers(20, 3000)),
    harm=st.sampled_from((0.6, 1.0, 1.3, 3.0)),
    relative=st.sampled_from((0.0, 0.25)),
    absolute=st.sampled_from((0.0, 0.01)),
)


def seen(case, *, pieces=1, seconds=60.0):
    """Both arms by block, or by equal times within the blocks."""
    rng = np.random.default_rng(case["seed"])
    ticks = case["blocks"] * pieces
    arms = []
    for requests, factor in zip(case["requests"], (1.0, case["harm"]), strict=True):
        n = rng.poisson(requests / pieces, ticks).astype(float)
        if case["kind"] == "latency":
            shares = np.array([0.5, 0.25, 0.15, 0.07, 0.03]) * np.array([1, 1, 1, factor, factor])
            events = np.array([rng.multinomial(int(one), shares / shares.sum()) for one in n])
        elif case["kind"] == "errors":
            events = rng.binomial(n.astype(int), min(0.02 * factor, 1.0))[:, None]
        else:
            events = (n * 0.01 * factor * rng.gamma(50.0, 0.02, ticks))[:, None]
        arms.append(ArmCounts(n[None], events[None].astype(float)))
    bounds = BOUNDS if case["kind"] == "latency" else ()
    return Observations(
        1e9 + seconds / pieces * np.arange(ticks + 1), {"a": MetricCounts(arms[0], arms[1], bounds)}
    )


def config(case, **changes):
    metric = CanaryMetric(
        "a",
        case["kind"],
        direction=case["direction"],
        relative_margin=case["relative"],
        absolute_margin=case["absolute"],
    )
    return CanaryConfig((replace(metric, **changes),))


def told(config, observations):
    """The verdict, and the evidence for it: as good as the same, but for rounding."""
    verdict = judge(config, observations)
    (one,) = verdict.metrics
    return verdict.verdict, pytest.approx((one.e_value, one.safe_e_value), rel=1e-6, abs=1e-9)


def changed(observations, function):
    both = observations.metrics["a"]
    baseline, canary = function(both.baseline), function(both.canary)
    return replace(observations, metrics={"a": MetricCounts(baseline, canary, both.bounds)})


def compare(one, other):
    assert one[0] == other[0]
    assert one[1].expected == other[1]


@given(CASES, st.sampled_from((1e-6, 1e-3, 1000.0, 60.0)))
@settings(deadline=None, max_examples=40)
def test_the_unit_does_not_matter(case, unit):
    observations = seen(case)
    both = observations.metrics["a"]
    if case["kind"] == "errors":
        return  # a share has no unit
    if case["kind"] == "latency":
        other = replace(
            observations,
            metrics={"a": MetricCounts(both.baseline, both.canary, tuple(one * unit for one in BOUNDS))},
        )
        compare(told(config(case), observations), told(config(case), other))
        return
    other = changed(observations, lambda arm: ArmCounts(arm.requests, arm.events * unit))
    compare(
        told(config(case), observations), told(config(case, absolute_margin=case["absolute"] * unit), other)
    )


@given(CASES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_the_blocks_does_not_matter(case, random):
    observations = seen(case)
    order = list(range(case["blocks"]))
    random.shuffle(order)
    other = changed(observations, lambda arm: ArmCounts(arm.requests[:, order], arm.events[:, order]))

    compare(told(config(case), observations), told(config(case), other))


@given(CASES)
@settings(deadline=None, max_examples=40)
def test_arms_that_are_exchanged_are_judged_the_other_way(case):
    observations = seen(case)
    both = observations.metrics["a"]
    other = replace(observations, metrics={"a": MetricCounts(both.canary, both.baseline, both.bounds)})
    exchanged = config(case, direction=OTHER_WAY[case["direction"]])

    compare(told(config(case), observations), told(exchanged, other))


@given(CASES, st.integers(2, 6))
@settings(deadline=None, max_examples=40)
def test_how_finely_a_block_was_read_does_not_matter(case, pieces):
    fine = seen(case, pieces=pieces)
    coarse = replace(
        changed(
            fine,
            lambda arm: ArmCounts(
                arm.requests.reshape(1, case["blocks"], pieces).sum(axis=2),
                arm.events.reshape(1, case["blocks"], pieces, -1).sum(axis=2),
            ),
        ),
        edges=fine.edges[::pieces],
    )

    compare(told(config(case), coarse), told(config(case), fine))


@given(CASES, st.integers(2, 10))
@settings(deadline=None, max_examples=40)
def test_one_tick_over_many_blocks_says_no_more_than_as_many_equal_ones(case, blocks):
    if case["kind"] == "resource":
        return  # one pair of values has no variance
    small = seen({**case, "blocks": 1})
    many = replace(
        changed(small, lambda arm: ArmCounts(arm.requests.repeat(blocks, 1), arm.events.repeat(blocks, 1))),
        edges=1e9 + 60.0 * np.arange(blocks + 1),
    )
    big = replace(
        changed(small, lambda arm: ArmCounts(arm.requests * blocks, arm.events * blocks)),
        edges=np.array([1e9, 1e9 + 60.0 * blocks]),
    )

    compare(told(config(case, noise=0.0), many), told(config(case, noise=0.0), big))
    for one, other in zip(
        told(config(case), big)[1].expected, told(config(case), many)[1].expected, strict=True
    ):
        assert one <= max(other, 1.0) * (1 + 1e-6)


@given(CASES)
@settings(deadline=None, max_examples=25)
def test_the_evidence_after_each_block_is_what_was_said_there(case):
    observations = seen(case)
    (whole,) = judge(config(case), observations).metrics
    for blocks in range(1, case["blocks"] + 1):
        part = replace(
            changed(observations, lambda arm, n=blocks: ArmCounts(arm.requests[:, :n], arm.events[:, :n])),
            edges=observations.edges[: blocks + 1],
        )
        (one,) = judge(config(case), part).metrics
        if one.effect is not None:
            assert whole.evidence[blocks - 1] == pytest.approx(one.e_value, rel=1e-6)
            assert whole.safe_evidence[blocks - 1] == pytest.approx(one.safe_e_value, rel=1e-6)
