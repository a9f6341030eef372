"""When something that is used up runs out, from hours of history of what is left of it: by a line.

What is known of days (rhythms, clean-ups, bends) is not in so short a history; ``judge`` knows of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc
from codesentinel.stats.regression import Crossing, Line, fit_line

if TYPE_CHECKING:
    from datetime import datetime

    from codesentinel.model.capacity import Resource
    from codesentinel.model.series import Series

CONFIDENCE = 0.90
"""Of the interval that is shown."""
SURE = 0.99
"""Of the fall itself: many resources are looked at again and again, and one finding in ten would be noise."""
FEWEST_POINTS = 30
SHORTEST_SPAN_SECONDS = 600.0
FARTHEST_IN_SPANS = 10.0
"""A trend is not drawn further than ten times the history it rests on."""
PAGES_WITHIN_SECONDS = 4 * 3600.0
_FREED_RATIO = 0.05
"""A rise by this share of the total within one step is a clean-up or a resize: history begins after it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, or None with the reason why none could be had."""

    finding: Finding | None
    reason: str


def judge(left: Series, resource: Resource, total: float, *, now: float, horizon_seconds: float) -> Judged:
    """Whether ``left``, the history of what is left of ``total``, comes to zero within the horizon.

    A finding needs a fall that is surely one (the 99% interval of the slope excludes zero) and an
    estimate within the horizon and within ten times the history. P1 within four hours, else P2.
    """
    series = _since_last_release(left, total)
    if len(series.times) < FEWEST_POINTS or series.span_seconds < SHORTEST_SPAN_SECONDS:
        return Judged(None, _too_short(series))
    line = fit_line(series.times, series.values)
    crossing = line.crossing(0.0, level=CONFIDENCE)
    if crossing is None or crossing.latest is None or line.slope_interval(SURE)[1] >= 0:
        return Judged(None, "")
    ahead_seconds = crossing.estimate - now
    if ahead_seconds > min(horizon_seconds, FARTHEST_IN_SPANS * series.span_seconds):
        return Judged(None, "")
    return Judged(_finding(series, resource, line, crossing, total=total, now=now), "")


def _since_last_release(left: Series, total: float) -> Series:
    """The part of the history after the last clean-up or resize; NaN samples left out."""
    good = np.isfinite(left.values)
    times, values = left.times[good], left.values[good]
    if len(values) > 1:
        rises = np.flatnonzero(np.diff(values) > _FREED_RATIO * total)
        begin = int(rises[-1]) + 1 if len(rises) else 0
        times, values = times[begin:], values[begin:]
    return type(left)(left.labels, times, values)


def _too_short(series: Series) -> str:
    if not len(series.times):
        return "no history"
    minutes = series.span_seconds / 60
    return (
        f"{len(series.times)} samples over {minutes:.0f} minutes of steady history; "
        f"{FEWEST_POINTS} over {SHORTEST_SPAN_SECONDS / 60:.0f} are needed"
    )


def _finding(
    series: Series, resource: Resource, line: Line, crossing: Crossing, *, total: float, now: float
) -> Finding:
    left_now = float(series.values[-1])
    return Finding(
        kind=f"capacity.{resource.kind}",
        subject=resource.subject,
        severity=Severity.P1 if crossing.estimate - now <= PAGES_WITHIN_SECONDS else Severity.P2,
        summary=f"{resource.subject} runs out of {resource.what} {_when(crossing, now)}",
        action=resource.action,
        source="history",
        evidence={
            "left": left_now,
            "total": total,
            "slope_per_second": line.slope,
            "slope_interval_per_second": line.slope_interval(CONFIDENCE),
            "exhausted_at": {
                "estimate": utc(crossing.estimate),
                "earliest": _moment(crossing.earliest),
                "latest": _moment(crossing.latest),
                "level": crossing.level,
            },
            "r2": line.r2,
            "points": len(series.times),
            "independent_points": line.independent,
            "history_seconds": series.span_seconds,
        },
        confidence=CONFIDENCE,
        since=utc(float(series.times[0])),
        until=utc(float(series.times[-1])),
    )


def _when(crossing: Crossing, now: float) -> str:
    earliest = crossing.earliest if crossing.earliest is not None else now
    latest = _spoken(crossing.latest) if crossing.latest is not None else "an open end"
    return (
        f"on {_spoken(crossing.estimate)} UTC "
        f"({CONFIDENCE:.0%} between {_spoken(max(earliest, now))} and {latest})"
    )


def _spoken(moment: float) -> str:
    return utc(moment).strftime("%d %b %H:%M").lstrip("0")


def _moment(value: float | None) -> datetime | None:
    return None if value is None else utc(value)
