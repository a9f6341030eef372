"""All that is said of one series: its rhythms, their profile, their drift and the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.trends.seasonality.drift import drift
from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK, grid
from codesentinel.analysis.trends.seasonality.periods import find_periods
from codesentinel.analysis.trends.seasonality.profile import profile
from codesentinel.analysis.trends.seasonality.schedule import peak_hours, schedule
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.seasonality import SeasonalSeries
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.model.seasonality import Drift, Rhythm
    from codesentinel.model.series import Series


def judge(
    series: Series,
    local: NDArray[np.float64],
    *,
    notes: tuple[str, ...] = (),
    headroom: float = 0.2,
    capacity_per_unit: float | None = None,
    step_seconds: float | None = None,
    largest_p_value: float = 1.0,
) -> SeasonalSeries:
    """The series at ``local`` wall times (seconds since 1970-01-01 00:00 there).

    Rhythms with a p-value above ``largest_p_value`` are not named.
    """
    laid = grid(local, series.values, step_seconds)
    if isinstance(laid, str):
        return SeasonalSeries(series.labels, laid, notes, len(series))
    if laid.step > 1.5 * laid.span / max(len(series), 1):
        notes = (*notes, f"looked at in steps of {laid.step:g} s: faster rhythms are not seen")
    periods = tuple(one for one in find_periods(laid) if one.p_value <= largest_p_value)
    known = {one.period_seconds for one in periods}
    shown = WEEK if WEEK in known else max(known, default=None)
    shape, odd = profile(laid, shown) if shown else (None, ())
    told = DAY if DAY in known else shown
    return SeasonalSeries(
        labels=series.labels,
        notes=(*notes, *_too_short(laid.span)),
        samples=len(series),
        span_seconds=laid.span,
        step_seconds=laid.step,
        periods=periods,
        profile=shape,
        peak_hours=peak_hours(shape) if shape else (),
        drift=drift(laid, told, weekly=WEEK in known) if told else None,
        odd_days=odd,
        schedule=schedule(shape, headroom=headroom, capacity_per_unit=capacity_per_unit) if shape else None,
    )


def findings(judged: SeasonalSeries, subject: str, series: Series) -> list[Finding]:
    """A rhythm that is new, and one that has changed: what a schedule or an alert may rest on no longer."""
    told: list[tuple[str, str, Rhythm | Drift]] = []
    told += [
        ("seasonality.new", f"{subject} has a {one.name} rhythm that its older half lacks", one)
        for one in judged.periods
        if one.is_new
    ]
    if judged.drift and judged.drift.changed:
        ratio, late = judged.drift.amplitude_ratio, judged.drift.shift_seconds.estimate / 60
        words = f"{ratio.estimate:.2f}x as high, {abs(late):.0f} minutes {'later' if late > 0 else 'earlier'}"
        told.append(("seasonality.drift", f"the rhythm of {subject} has changed: {words}", judged.drift))
    return [
        Finding(
            kind=kind,
            subject=subject,
            severity=Severity.INFO,
            summary=summary,
            action="look whether schedules and thresholds that rest on the old rhythm still fit",
            source="history",
            evidence={"measured": evidence},
            confidence=1 - evidence.p_value,
            since=utc(float(series.times[0])),
            until=utc(float(series.times[-1])),
        )
        for kind, summary, evidence in told
    ]


def _too_short(span: float) -> tuple[str, ...]:
    """Which of the calendar's rhythms the series is too short for."""
    if span < 3 * DAY * 0.995:
        return ("shorter than three days: a daily rhythm cannot be told",)
    return ("shorter than three weeks: a weekly rhythm cannot be told",) if span < 3 * WEEK * 0.995 else ()
