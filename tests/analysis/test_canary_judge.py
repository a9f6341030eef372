"""Verdicts on canaries whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from canaries import config, errors, histograms, observations
from codesentinel.analysis.experiments.judge import judge
from codesentinel.model.canary import FAIL, INCONCLUSIVE, PASS, CanaryMetric


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
