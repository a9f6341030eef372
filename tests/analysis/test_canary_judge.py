"""Verdicts on canaries whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from canaries import config, errors, histograms, observations
from codesentinel.analysis.experiments.judge import judge
from codesentinel.model.canary import FAIL, INCONCLUSIVE, PASS, ArmCounts, CanaryMetric


@pytest.fixture
def rng():
    return np.random.default_rng(20261125)


def test_a_canary_that_is_as_quick_passes_when_enough_was_seen(rng):
    seen = observations(latency=(histograms(rng, 6000, 30), histograms(rng, 6000, 30)))
    verdict = judge(config(), seen)

    assert verdict.verdict == PASS
    assert verdict.metrics[0].safe_e_value >= 20
    assert verdict.metrics[0].effect.upper < 1.25


def test_a_canary_that_is_slower_fails(rng):
    seen = observations(latency=(histograms(rng, 600, 10), histograms(rng, 600, 10, slower=1.25)))
    verdict = judge(config(), seen)

    assert verdict.verdict == FAIL
    assert verdict.e_value >= 20
    assert verdict.metrics[0].effect.lower > 1.25


def test_more_errors_fail(rng):
    metric = CanaryMetric("errors", "errors")
    seen = observations(errors=(errors(rng, 6000, 5, 0.001), errors(rng, 6000, 5, 0.005)))

    assert judge(config(metric), seen).verdict == FAIL


def test_too_little_is_not_known_yet(rng):
    seen = observations(latency=(histograms(rng, 600, 1), histograms(rng, 600, 1)))
    verdict = judge(config(minimum_requests=1000), seen)

    assert verdict.verdict == INCONCLUSIVE
    assert "of the 1000 that are needed" in verdict.metrics[0].reason


def test_no_data_is_no_pass():
    verdict = judge(config(), observations(other=(errors(np.random.default_rng(1), 10, 3, 0.5),) * 2))

    assert verdict.verdict == INCONCLUSIVE
    assert verdict.metrics[0].reason == "no data"


def resources(rng, requests, ticks, each):
    """A resource of which a request takes so much, give or take a tenth."""
    n = rng.poisson(requests, ticks).astype(float)
    return ArmCounts(n[None], (n * each * rng.normal(1.0, 0.1, ticks))[None, :, None])


@pytest.mark.parametrize(("each", "expected"), [(0.01, PASS), (0.02, FAIL)])
def test_what_a_request_takes_is_judged(rng, each, expected):
    seen = observations(cpu=(resources(rng, 600, 40, 0.01), resources(rng, 600, 40, each)))
    verdict = judge(config(CanaryMetric("cpu", "resource")), seen)

    assert verdict.verdict == expected
    effect = verdict.metrics[0].effect
    assert effect.lower < each / 0.01 < effect.upper


def test_fewer_may_be_the_harm(rng):
    hits = CanaryMetric("hits", "errors", direction="decrease")
    fewer = observations(hits=(errors(rng, 3000, 10, 0.2), errors(rng, 3000, 10, 0.1)))
    more = observations(hits=(errors(rng, 3000, 10, 0.1), errors(rng, 3000, 10, 0.2)))

    assert judge(config(hits), fewer).verdict == FAIL
    assert judge(config(hits), more).verdict == PASS


def test_one_alpha_is_shared_by_all_metrics(rng):
    metrics = [CanaryMetric(f"m{i}", "errors") for i in range(20)]
    harmed = {"m0": (errors(rng, 600, 4, 0.001), errors(rng, 600, 4, 0.01))}
    alike = {f"m{i}": (errors(rng, 600, 4, 0.01), errors(rng, 600, 4, 0.01)) for i in range(1, 20)}
    seen = observations(**harmed, **alike)
    alone, together = judge(config(metrics[0]), seen), judge(config(*metrics), seen)

    assert alone.e_value == alone.metrics[0].e_value
    mean = sum(one.e_value for one in together.metrics) / 20
    assert together.e_value == pytest.approx(mean)
    weighted = judge(config(CanaryMetric("m0", "errors", weight=19.0), *metrics[1:2]), seen)
    assert weighted.e_value == pytest.approx(
        (19 * weighted.metrics[0].e_value + weighted.metrics[1].e_value) / 20
    )


def test_harm_that_is_not_critical_stops_nothing_alone_and_passes_nothing(rng):
    seen = observations(
        latency=(histograms(rng, 6000, 30), histograms(rng, 6000, 30)),
        errors=(errors(rng, 6000, 30, 0.01), errors(rng, 6000, 30, 0.05)),
    )
    metrics = CanaryMetric("latency", "latency"), CanaryMetric("errors", "errors", critical=False)
    verdict = judge(config(*metrics), seen)

    assert [one.outcome for one in verdict.metrics] == [PASS, FAIL]
    assert verdict.verdict == INCONCLUSIVE
    assert judge(config(metrics[0], CanaryMetric("errors", "errors")), seen).verdict == FAIL


def test_a_canary_that_fell_silent_does_not_pass(rng):
    arms = histograms(rng, 6000, 30), histograms(rng, 6000, 30)
    arms[1].events[:, -3:] = 0.0
    arms[1].requests[:, -3:] = 0.0
    verdict = judge(config(), observations(latency=arms))

    assert verdict.verdict == INCONCLUSIVE
    assert verdict.metrics[0].reason == "the canary had no request in 3 of 30 blocks"
    arms[1].requests[:, -3:] = np.nan  # its series have ended
    assert judge(config(), observations(latency=arms)).verdict == INCONCLUSIVE


def test_harm_is_told_though_the_canary_fell_silent(rng):
    arms = histograms(rng, 6000, 30), histograms(rng, 6000, 30, slower=1.5)
    arms[1].events[:, -3:] = 0.0
    arms[1].requests[:, -3:] = 0.0

    assert judge(config(), observations(latency=arms)).verdict == FAIL


def test_what_is_mostly_unknown_does_not_pass(rng):
    arms = histograms(rng, 6000, 30), histograms(rng, 6000, 30)
    for arm in arms:
        arm.requests[:, 5:15] = np.nan
    verdict = judge(config(), observations(latency=arms))

    assert verdict.metrics[0].reason == "nothing is known of 10 of 30 ticks"


def test_what_could_not_be_read_is_a_reason_of_its_own(rng):
    seen = observations(latency=(histograms(rng, 6000, 30), histograms(rng, 6000, 30)))
    verdict = judge(config(), replace(seen, errors={"latency": "the server said no"}))

    assert verdict.reason == "latency: could not be read: the server said no"
    assert verdict.verdict == INCONCLUSIVE


def test_in_the_warm_up_nothing_is_said(rng):
    seen = observations(latency=(histograms(rng, 600, 3), histograms(rng, 600, 3, slower=3.0)))
    verdict = judge(config(warm_up_seconds=600.0), seen)

    assert (verdict.verdict, verdict.e_value) == (INCONCLUSIVE, 1.0)
    assert verdict.metrics[0].reason == "nothing was counted since the warm-up"


def test_a_wrong_share_of_the_traffic_stands_in_the_way(rng):
    seen = observations(latency=(histograms(rng, 6000, 30), histograms(rng, 6000, 30)))
    right, wrong = (judge(config(), replace(seen, canary_share=np.full(30, share))) for share in (0.5, 0.4))

    assert right.verdict == PASS
    assert wrong.verdict == INCONCLUSIVE
    assert "the canary had more requests than its weight: 50.1% instead of 40.0%" in wrong.reason


def test_what_instances_differ_by_themselves_is_no_harm(rng):
    """Every instance has a rate of its own, half or twice the other's: so has the canary's."""

    def arm(rates):
        each = [errors(rng, 2000, 20, rate) for rate in rates]
        requests, events = (
            np.concatenate([getattr(one, name) for one in each]) for name in ("requests", "events")
        )
        return ArmCounts(requests, events, tuple(f"i{i}" for i in range(len(rates))))

    baseline, canary = arm([0.005, 0.01, 0.02, 0.01]), arm([0.02])
    metric = CanaryMetric("errors", "errors", noise=0.0)
    verdict = judge(config(metric), observations(errors=(baseline, canary)))

    assert verdict.metrics[0].noise_floor > 1.5
    assert verdict.verdict == INCONCLUSIVE
    summed = ArmCounts(baseline.requests.sum(axis=0)[None], baseline.events.sum(axis=0)[None])
    assert judge(config(metric), observations(errors=(summed, canary))).verdict == FAIL


def test_a_canary_without_errors_beside_a_baseline_without_passes_by_an_absolute_margin(rng):
    metric = CanaryMetric("errors", "errors", absolute_margin=0.002)
    none = observations(errors=(errors(rng, 600, 20, 0.0), errors(rng, 600, 20, 0.0)))

    assert judge(config(metric), none).verdict == PASS
    assert judge(config(CanaryMetric("errors", "errors")), none).verdict == INCONCLUSIVE


def test_harm_that_begins_late_is_found_sooner_when_it_is_looked_for(rng):
    before = [errors(rng, 6000, 40, 0.01) for _ in range(2)]
    after = [errors(rng, 6000, 5, ratio) for ratio in (0.01, 0.05)]
    arms = tuple(
        ArmCounts(np.hstack([one.requests, other.requests]), np.hstack([one.events, other.events]))
        for one, other in zip(before, after, strict=True)
    )
    plain, late = (
        judge(config(CanaryMetric("errors", "errors", late=late)), observations(errors=arms))
        for late in (False, True)
    )

    assert plain.verdict == INCONCLUSIVE
    assert late.verdict == FAIL
    assert late.metrics[0].evidence[39] < 1


def test_looking_for_late_harm_gives_few_false_alarms():
    rng = np.random.default_rng(4)
    metric = CanaryMetric("errors", "errors", late=True, relative_margin=0.0, noise=0.0)
    alarms = 0
    for _ in range(150):
        seen = observations(errors=(errors(rng, 2000, 40, 0.01), errors(rng, 2000, 40, 0.01)))
        alarms += max(judge(config(metric), seen).evidence) >= 20

    assert alarms <= 0.05 * 150
