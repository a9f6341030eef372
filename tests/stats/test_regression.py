"""The line and its intervals, on simulations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.stats.regression import fit_line

RUNS, SAMPLES, SLOPE = 400, 300, -0.005


def ar1(rng, samples, r):
    """Autoregressive noise of variance 1."""
    noise = rng.standard_normal(samples + 200)
    for i in range(1, len(noise)):
        noise[i] += r * noise[i - 1]
    return noise[200:] * np.sqrt(1 - r * r)


@pytest.mark.parametrize("r", [0.0, 0.5, 0.9])
def test_the_90_percent_interval_of_the_slope_holds_the_truth_in_90_percent_of_runs(r):
    """Binomial error at 400 runs: 1.5 points; the textbook interval holds it in 30 percent at r = 0.9."""
    rng = np.random.default_rng(20261123)
    times = np.arange(SAMPLES) * 60.0
    held = textbook = 0
    for _ in range(RUNS):
        values = 100 + SLOPE * times / 60 + ar1(rng, SAMPLES, r)
        line = fit_line(times, values)
        low, high = line.slope_interval(0.9)
        held += low <= SLOPE / 60 <= high
        x = times - times.mean()
        errors = values - values.mean() - line.slope * x
        textbook += abs(line.slope - SLOPE / 60) < 1.65 * np.sqrt(errors @ errors / (SAMPLES - 2) / (x @ x))
    assert 0.84 <= held / RUNS <= 0.96
    if r == 0.9:
        assert textbook / RUNS < 0.5


def test_the_interval_of_the_crossing_holds_the_moment_of_truth():
    """Nominal 90 percent at a distance of five times the history; binomial error at 200 runs: 2 points."""
    rng = np.random.default_rng(7)
    times = np.arange(SAMPLES) * 60.0
    truth = 100 / 0.05 * 60
    held = 0
    for _ in range(200):
        values = 100 - 0.05 * times / 60 + ar1(rng, SAMPLES, 0.9)
        crossing = fit_line(times, values).crossing(0.0, level=0.9)
        held += crossing.earliest <= truth <= crossing.latest
    assert held / 200 >= 0.84


def test_an_exact_line_is_found_exactly():
    times = np.arange(50) * 10.0 + 1.7e9
    line = fit_line(times, 500 - 2 * (times - times[0]))
    assert line.slope == pytest.approx(-2)
    assert line.r2 == pytest.approx(1)
    crossing = line.crossing(0.0, level=0.9)
    assert crossing.estimate == pytest.approx(times[0] + 250, abs=0.01)
    assert crossing.earliest == pytest.approx(crossing.estimate, abs=1)


def test_a_slope_that_may_be_zero_leaves_the_crossing_open():
    rng = np.random.default_rng(3)
    times = np.arange(100.0)
    crossing = fit_line(times, 10 + rng.standard_normal(100)).crossing(0.0, level=0.9)
    assert crossing is not None
    assert crossing.latest is None


def test_a_flat_series_never_crosses():
    assert fit_line(np.arange(10.0), np.full(10, 5.0)).crossing(0.0, level=0.9) is None


@pytest.mark.parametrize(
    ("times", "words"),
    [([1, 2], "needs 3 samples, not 2"), ([5, 5, 5], "all samples are of the same moment")],
)
def test_what_is_no_line_is_refused(times, words):
    with pytest.raises(ValueError, match=words):
        fit_line(np.array(times, dtype=float), np.zeros(len(times)))
