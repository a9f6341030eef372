"""Rhythms for the terminal: their figures, the profile drawn in ASCII, the schedule in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped
from codesentinel.render.query_text import selector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.seasonality import Drift, Profile, Rhythm, Seasonality, SeasonalSeries, Window

_SHADES = " .:-=+*#%@"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDTH = 40


def seasonality_text(found: Seasonality) -> str:
    """A block for each series."""
    lines = [line for one in found.series for line in _block(one, found.timezone)]
    lines += [f"info {escaped(one.summary)}" for one in found.findings]
    some = sum(bool(one.periods) for one in found.series)
    lines.append(
        f"{len(found.series)} series, {found.judged} judged, {some} with a rhythm "
        f"(false: at most {found.false_share:.0%} of all that are named); "
        f"hours of {found.timezone}; {escaped(found.source)}"
    )
    return "\n".join(lines)


def _block(one: SeasonalSeries, timezone: str) -> Iterator[str]:
    yield selector(one.labels) if one.labels else "the series"
    if one.reason:
        yield (
            f"  could not judge, because there are {one.reason}"
            if one.reason[0].isdigit()
            else (f"  could not judge, because {one.reason}")
        )
        return
    yield from (f"  note: {escaped(note)}" for note in one.notes)
    if not one.periods:
        yield f"  no rhythm in {format_duration(one.span_seconds)}"
    yield from (f"  {_rhythm(rhythm)}" for rhythm in one.periods)
    if one.profile:
        yield from (f"    {line}" for line in _drawn(one.profile))
    if one.peak_hours:
        yield f"  peak: {'; '.join(map(_window, one.peak_hours[:4]))} ({timezone})"
    if one.odd_days:
        yield f"  days apart, left out: {', '.join(day.date for day in one.odd_days)}"
    if one.drift:
        yield f"  {_drift(one.drift)}"
    yield from (f"  scale: {sentence}" for sentence in (one.schedule.sentences if one.schedule else ()))


def _rhythm(one: Rhythm) -> str:
    gain = one.gain_ratio
    bounds = (
        f" ({gain.lower:.0%} to {gain.upper:.0%})"
        if gain.lower is not None and gain.upper is not None
        else ""
    )
    p_value = "p < 1e-9" if one.p_value < 1e-9 else f"p = {one.p_value:.1g}"
    new = ", only of late" if one.is_new else ""
    return (
        f"{one.name}: {one.strength_ratio:.0%} of the variance; takes {gain.estimate:.0%}{bounds} off what "
        f"was left, in cycles not seen; {one.cycles} cycles, {p_value}{new}"
    )


def _drawn(profile: Profile) -> Iterator[str]:
    """A week as a line of shades for each day, anything else as bars; both from the lowest to the highest."""
    known = [value for value in profile.median if math.isfinite(value)]
    low, high = min(known), max(known)
    reach = (high - low) or 1.0
    if len(profile.median) == 168:
        yield "    0     6     12    18"
        for day, name in enumerate(_DAYS):
            row = profile.median[24 * day : 24 * day + 24]
            yield f"{name} {''.join(_shade((value - low) / reach) for value in row)}|"
        yield f"' ' {low:.4g} to '@' {high:.4g}"
        return
    most = max(len(profile.median) // 24, 1)
    for slot in range(0, len(profile.median), most):
        value = profile.median[slot]
        if math.isfinite(value):
            bar = "#" * (1 + round((_WIDTH - 1) * (value - low) / reach))
            band = f"{value:.4g} ({profile.p05[slot]:.4g} to {profile.p95[slot]:.4g})"
            yield f"{_clock(slot * profile.slot_seconds, profile)} {bar:<{_WIDTH}} {band}"


def _shade(share: float) -> str:
    return _SHADES[min(int(share * len(_SHADES)), len(_SHADES) - 1)] if math.isfinite(share) else "?"


def _clock(seconds: float, profile: Profile) -> str:
    if profile.period_seconds > 86400:
        return f"{seconds / 86400:4.1f}d"
    return f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}"


def _window(one: Window) -> str:
    return f"{one.days} {one.start_hour:02}:00-{one.end_hour:02}:00"


def _drift(one: Drift) -> str:
    if not one.changed:
        return "pattern steady: the newest quarter is like the rest"
    shift = one.shift_seconds.estimate
    return (
        f"pattern changed: newest quarter {one.amplitude_ratio.estimate:.2f}x as high, "
        f"{format_duration(abs(shift))} {'later' if shift > 0 else 'earlier'} (p = {one.p_value:.1g})"
    )
