"""Pictures of what chance does: intervals, evidence that may be looked at, and many questions at once."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
from svg_chart import BLUE, GREEN, GREY, INK, RED, Chart

from codesentinel.stats.false_discovery import adjusted
from codesentinel.stats.proportion import exact_proportion, proportion
from codesentinel.stats.rate_ratio import LARGER, Counts, log_evidence

MINUTES, REQUESTS, FAILING = 60, 600, 0.01
_Z = 1.959964


def intervals() -> str:
    """The same 30 % from more and more runs."""
    chart = Chart("30% failed: of 10, of 100, of 1,000 runs", (0, 1), (0, 4), size=(720, 260))
    chart.axes("share that fails in truth", "", [(n / 10, f"{10 * n}%") for n in range(0, 11, 2)], [])
    for row, (hits, trials) in enumerate([(3, 10), (30, 100), (300, 1000)]):
        for offset, method, colour in ((0.12, proportion, BLUE), (-0.12, exact_proportion, GREEN)):
            found = method(hits, trials)
            at = 3 - row + offset
            chart.line([found.lower, found.upper], [at, at], colour, width=4)
        chart.dot(hits / trials, 3 - row, INK, 4)
        words = proportion(hits, trials)
        chart.note(0.66, 3 - row - 0.1, f"{hits} of {trials}: {words.lower:.0%} to {words.upper:.0%}")
    chart.note(0.02, 3.55, "Wilson", BLUE)
    chart.note(0.12, 3.55, "Clopper-Pearson", GREEN)
    return chart.text()


def coverage() -> str:
    """How often each interval holds the truth, of 20 runs."""
    trials, ratios = 20, np.linspace(0.01, 0.99, 197)
    chart = Chart("How often an interval of '95%' from 20 runs holds the truth", (0, 1), (0.6, 1))
    ticks = [(n / 10, f"{10 * n}%") for n in range(0, 11, 2)]
    chart.axes("share that fails in truth", "holds it", ticks, [(n / 20, f"{5 * n}%") for n in range(12, 21)])
    chart.line([0, 1], [0.95, 0.95], GREY, dash="4 4")
    ways = [
        (_textbook, RED, "textbook"),
        (proportion, BLUE, "Wilson"),
        (exact_proportion, GREEN, "Clopper-Pearson"),
    ]
    for number, (way, colour, name) in enumerate(ways):
        bounds = [way(hits, trials) for hits in range(trials + 1)]
        held = [
            sum(
                comb(trials, k) * p**k * (1 - p) ** (trials - k)
                for k, one in enumerate(bounds)
                if one.lower <= p <= one.upper
            )
            for p in ratios
        ]
        chart.line(ratios, held, colour)
        chart.note(0.36 + 0.14 * number, 0.63, name, colour)
    return chart.text()


def _textbook(hits: int, trials: int):  # noqa: ANN202 - an interval like the others
    ratio = hits / trials
    half = _Z * sqrt(ratio * (1 - ratio) / trials)
    return type("Bounds", (), {"lower": ratio - half, "upper": ratio + half})


def evidence() -> str:
    """Forty canaries that are no worse, and one that is."""
    chance = np.random.default_rng(3)
    quiet, harmful = _paths(chance, 40, FAILING), _paths(chance, 1, 2 * FAILING)
    chart = Chart("Evidence of harm, looked at every minute", (0, MINUTES), (0.001, 1e5), log=True)
    powers = [(10.0**n, f"{10.0**n:g}") for n in (-3, -2, -1, 0, 1, 2, 3, 4, 5)]
    chart.axes("minutes", "evidence (e-value)", [(n, str(n)) for n in range(0, 61, 10)], powers)
    minutes = np.arange(1, MINUTES + 1)
    for path in quiet:
        chart.line(minutes, path, GREY, width=0.7)
    chart.line(minutes, harmful[0], RED, width=2.2)
    chart.line([0, MINUTES], [20, 20], INK, dash="6 4")
    chart.note(38, 27, "20: decided, one in twenty may be wrong")
    chart.note(24, 4e4, "twice as many failures", RED)
    chart.note(1.5, 0.002, "forty versions that are like the old one", "#5f6368")
    return chart.text()


def peeking() -> str:
    """The share of quiet canaries that were ever called harmful, by how often one looked."""
    chance = np.random.default_rng(4)
    trials = 600
    x, y = (chance.binomial(REQUESTS, FAILING, (trials, MINUTES)).cumsum(axis=1) for _ in range(2))
    seen = REQUESTS * np.arange(1, MINUTES + 1)
    pooled = (x + y) / (2 * seen)
    z = np.abs(x - y) / seen / np.sqrt(np.maximum(2 * pooled * (1 - pooled) / seen, 1e-12))
    tested = np.maximum.accumulate(z > _Z, axis=1).mean(axis=0)
    ours = np.maximum.accumulate(_paths(np.random.default_rng(4), trials, FAILING) >= 20, axis=1).mean(axis=0)
    minutes = np.arange(1, MINUTES + 1)
    chart = Chart("Called harmful, though nothing was: by how often somebody looked", (0, MINUTES), (0, 0.4))
    chart.axes("looks, one a minute", "ever called", [(n, str(n)) for n in range(0, 61, 10)],
               [(n / 20, f"{5 * n}%") for n in range(9)])  # fmt: skip
    chart.line(minutes, tested, RED, width=2.2)
    chart.line(minutes, ours, BLUE, width=2.2)
    chart.line([0, MINUTES], [0.05, 0.05], GREY, dash="4 4")
    chart.note(30, 0.355, f"a test at 5%, repeated: {tested[-1]:.0%} after an hour", RED)
    chart.note(30, 0.075, f"evidence of 20: {ours[-1]:.1%}", BLUE)
    return chart.text()


def _paths(chance: np.random.Generator, count: int, failing: float) -> np.ndarray:
    """E-values after each minute for ``count`` pairs of versions; the other one fails in the usual share."""
    ours = chance.binomial(REQUESTS, failing, (count, MINUTES)).T.astype(float)
    theirs = chance.binomial(REQUESTS, FAILING, (count, MINUTES)).T.astype(float)
    each = np.full(MINUTES, float(REQUESTS))
    logs = log_evidence(
        Counts(ours, theirs, each, each), np.ones_like(ours), ratio=1.0, extra=0.0, grid=LARGER
    )
    return np.exp(np.minimum(logs, 600.0)).T


def discoveries() -> str:
    """A hundred questions, of which twenty have something to find."""
    chance = np.random.default_rng(29)
    true = np.concatenate([np.ones(20, bool), np.zeros(80, bool)])
    p = np.concatenate([chance.beta(0.25, 14, 20), chance.uniform(size=80)])
    order = np.argsort(p)
    p, true = p[order], true[order]
    called = np.array(adjusted(p.tolist())) <= 0.05
    chart = Chart("A hundred questions, asked at once", (0, 41), (0, 0.15))
    chart.axes("p-values, the smallest first (of 100)", "p-value", [(n, str(n)) for n in range(0, 41, 10)],
               [(n / 20, f"{n / 20:g}") for n in range(4)])  # fmt: skip
    chart.line([0, 41], [0.05, 0.05], RED, dash="6 4")
    chart.line([0, 41], [0, 41 * 0.05 / 100], BLUE, dash="6 4")
    for rank, (value, real) in enumerate(zip(p[:40], true[:40], strict=True), 1):
        chart.dot(rank, float(value), GREEN if real else GREY, 4)
    plain = int((p < 0.05).sum())
    wrong, ours = int((~true[p < 0.05]).sum()), int((~true[called]).sum())
    chart.note(1, 0.058, f"each below 0.05: {plain} are called, {wrong} of them wrongly", RED)
    chart.note(
        14, 0.017, f"Benjamini and Hochberg at 5%: {int(called.sum())} are called, {ours} wrongly", BLUE
    )
    chart.note(1, 0.135, "green: there is something to find", GREEN)
    return chart.text()
