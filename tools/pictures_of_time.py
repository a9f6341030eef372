"""Pictures of series: forecasts, rhythms, anomalies, budgets, and where time goes."""

from __future__ import annotations

import numpy as np
from svg_chart import BLUE, GREY, INK, RED, Chart

from codesentinel.analysis.trends.anomalies.judge import judge as judge_anomalies
from codesentinel.analysis.trends.forecast.judge import Question, forecast
from codesentinel.analysis.trends.seasonality.judge import judge as judge_rhythm
from codesentinel.mixin.burn_windows import BURN_WINDOWS
from codesentinel.model.finding import Severity
from codesentinel.model.profile import Frame, Stack, merged
from codesentinel.model.series import Series

DAY, HOUR = 86400.0, 3600.0
MONDAY = 1_790_553_600.0 // (7 * DAY) * 7 * DAY + 4 * DAY
_WEEK, _FIRST_FREE_DAY = 7, 5


def prediction() -> str:
    """Three weeks known, two days foretold, and what came."""
    times = MONDAY + HOUR * np.arange(23 * 24)
    values = _traffic(times, np.random.default_rng(2))
    known = 21 * 24
    asked = Question(horizon_seconds=2 * DAY, step_seconds=HOUR)
    found = forecast(Series({"service": "shop"}, times[:known], values[:known]), asked)
    chart = Chart("Two days ahead, with the interval that should hold 95% of what comes", (-96, 48), (0, 260))
    days = [(n, f"{n // 24:+d} d" if n else "now") for n in range(-96, 49, 24)]
    chart.axes("", "requests a second", days, [(n, str(n)) for n in range(0, 261, 50)])
    ahead = list(range(1, len(found.mean) + 1))
    chart.band(ahead, found.lower, found.upper)
    chart.line(range(-96, 1), values[known - 97 : known], INK)
    chart.line(ahead, found.mean, BLUE, width=2.2)
    for hour, value in zip(ahead, values[known:], strict=False):
        chart.dot(hour, float(value), RED, 1.8)
    held = np.mean((values[known:] >= found.lower) & (values[known:] <= found.upper))
    chart.note(-90, 240, "black: known; blue: foretold; red: what came")
    chart.note(2, 15, f"{held:.0%} of these values lie within", RED)
    return chart.text()


def rhythm() -> str:
    """The usual week of a service, as it was found."""
    times = MONDAY + HOUR * np.arange(35 * 24)
    series = Series({"service": "shop"}, times, _traffic(times, np.random.default_rng(5)))
    shape = judge_rhythm(series, times).profile
    hours = [n * shape.slot_seconds / HOUR for n in range(len(shape.median))]
    chart = Chart("The usual week: median, and between which values 90% lie", (0, 168), (0, 260))
    days = [(24 * n + 12, name) for n, name in enumerate("Mon Tue Wed Thu Fri Sat Sun".split())]
    chart.axes("", "requests a second", days, [(n, str(n)) for n in range(0, 261, 50)])
    chart.band(hours, shape.p05, shape.p95)
    chart.line(hours, shape.median, BLUE, width=2.0)
    return chart.text()


def anomaly() -> str:
    """A service whose traffic stays away one night, and the score beside it."""
    times = MONDAY + 600.0 * np.arange(10 * 144)
    values = _traffic(times, np.random.default_rng(8), weekend=1.0)
    gone = slice(8 * 144 + 60, 8 * 144 + 84)
    values[gone] *= 0.25
    judged = judge_anomalies(Series({"service": "shop"}, times, values))
    shown = slice(6 * 144, None)
    days = (times[shown] - times[0]) / DAY
    chart = Chart(
        "What is strange: the score answers for the shape, not for the height",
        (6, 10),
        (-120, 260),
        size=(720, 380),
    )
    marks = [(0, "0"), (100, "100"), (200, "200"), (-120, "score 0"), (-20, "score 1")]
    chart.axes("days", "", [(n, str(n)) for n in range(6, 11)], marks)
    chart.line(days, values[shown], INK, width=1.0)
    chart.line(days, -120 + 100 * judged.scores[shown], RED, width=1.6)
    chart.line([6, 10], [-70, -70], GREY, dash="4 4")
    chart.note(6.05, -64, "0.5: an alarm", "#5f6368")
    return chart.text()


def burn() -> str:
    """How long a month's error budget lasts at the speeds that alert."""
    chart = Chart("A month's error budget, at the speeds at which an alert is due", (0, 30), (0, 1))
    chart.axes(
        "days",
        "left of it",
        [(n, str(n)) for n in range(0, 31, 5)],
        [(n / 4, f"{25 * n}%") for n in range(5)],
    )
    period = 30 * DAY
    for window in BURN_WINDOWS:
        factor = window.factor(period)
        colour = RED if window.severity is Severity.P1 else BLUE
        end = 30 / factor
        chart.line([0, end], [1, 0], colour, width=2.2)
        row = 0.95 - 0.09 * BURN_WINDOWS.index(window)
        hours = f"{window.long_seconds / HOUR:g} h"
        words = f"{factor:g} times as fast as allowed, over {hours}: {window.severity.value}"
        chart.note(12.4, row, words, colour)
    return chart.text()


def flame() -> str:
    """A small program, sampled a hundred times a second."""
    stacks = [
        (("main", "serve", "price_order", "read_tax"), 310),
        (("main", "serve", "price_order", "round"), 90),
        (("main", "serve", "price_order"), 60),
        (("main", "serve", "answer", "to_json"), 220),
        (("main", "serve", "answer"), 40),
        (("main", "log"), 160),
        (("main", "wait"), 120),
    ]
    held = merged([Stack(tuple(Frame(name, "shop.py") for name in names), "main", n) for names, n in stacks])
    total = sum(stack.samples for stack in held)
    chart = Chart(
        "A flame graph: width is time, height is who called whom", (0, 1), (0, 4.4), size=(720, 300)
    )
    chart.axes("share of the samples", "", [(n / 4, f"{25 * n}%") for n in range(5)], [])
    for depth in range(4):
        at = 0.0
        for name, count in _row(held, depth):
            if name:
                colour = ("#f6c667", "#f3a95b", "#ee8d57", "#e77259")[depth]
                chart.box(
                    (at / total, (at + count) / total),
                    (depth, depth + 0.94),
                    colour,
                    f"{name} {count / total:.0%}",
                )
            at += count
    return chart.text()


def _row(held: tuple[Stack, ...], depth: int) -> list[tuple[str, int]]:
    """What stands side by side at a depth: neighbours with the same callers are one."""
    found: list[tuple[str, int]] = []
    before: tuple[str, ...] = ()
    for stack in sorted(held, key=lambda one: [frame.function for frame in one.frames]):
        path = tuple(frame.function for frame in stack.frames)[: depth + 1]
        if found and path == before:
            found[-1] = (found[-1][0], found[-1][1] + stack.samples)
        else:
            found.append((path[depth] if len(path) > depth else "", stack.samples))
        before = path
    return found


def _traffic(times: np.ndarray, chance: np.random.Generator, weekend: float = 0.45) -> np.ndarray:
    """More by day than by night, less at the weekend, and never twice the same."""
    day = 0.5 - 0.5 * np.cos(2 * np.pi * (times % DAY - 3 * HOUR) / DAY)
    weekday = (times - MONDAY) // DAY % _WEEK < _FIRST_FREE_DAY
    return 40 + 150 * day * np.where(weekday, 1.0, weekend) + chance.normal(0, 6, len(times))
