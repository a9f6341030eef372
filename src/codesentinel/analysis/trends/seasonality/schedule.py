"""When how much is needed: busy windows of the days, and the head-room above their 95th percentile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK
from codesentinel.model.seasonality import Need, Profile, Schedule, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PEAK = 0.85
_WORTH_RATIO = 1.15
_LEAD_MINUTES = 15
_Run = tuple[int, int]


def peak_hours(profile: Profile) -> tuple[Window, ...]:
    """The hours whose median lies in the upper 15 % of the profile's reach."""
    days = _hours(profile, profile.median)
    if days is None:
        return ()
    low, high = float(np.nanmin(days)), float(np.nanmax(days))
    return tuple(_windows(profile, days >= low + _PEAK * (high - low), gap=0))


def schedule(profile: Profile, *, headroom: float, capacity_per_unit: float | None) -> Schedule | None:
    """Two levels, and when to change between them; None where hours do not differ enough to be worth it."""
    days = _hours(profile, profile.p95)
    if days is None or not np.isfinite(days).all() or float(days.min()) <= 0:
        return None
    busy = days > _threshold(days)
    windows = list(_windows(profile, busy, gap=1))
    inside = np.zeros(days.shape, bool)
    for window in windows:
        inside[_rows(window.days, len(days)), window.start_hour : window.end_hour] = True
    if not windows or inside.all():
        return None
    quiet = float(days[~inside].max())
    needs = [_need(one, quiet, headroom, capacity_per_unit) for one in windows]
    if max(one.ratio for one in needs) < _WORTH_RATIO:
        return None
    base = quiet * (1 + headroom)
    units = _units(base, capacity_per_unit)
    sentences = [_sentence(one, headroom) for one in needs]
    sentences.append(f"otherwise {_amount(base, units)} will do")
    return Schedule(base, units, headroom, tuple(needs), tuple(sentences))


def _hours(profile: Profile, values: tuple[float, ...]) -> NDArray[np.float64] | None:
    """Days by hours; None where the profile is of neither a day nor a week in hours."""
    if profile.period_seconds not in (DAY, WEEK) or profile.slot_seconds != 3600:
        return None
    days = np.array(values).reshape(-1, 24)
    return days if np.isfinite(days).any() else None


def _threshold(days: NDArray[np.float64]) -> float:
    """Between two groups of hours that are as much alike in themselves as can be (Otsu 1979)."""
    ordered = np.sort(days.ravel())
    count = np.arange(1, len(ordered))
    total = np.cumsum(ordered)
    low, high = total[:-1] / count, (total[-1] - total[:-1]) / (len(ordered) - count)
    best = int(np.argmax(count * (len(ordered) - count) * (high - low) ** 2))
    return float((ordered[best] + ordered[best + 1]) / 2)


def _windows(profile: Profile, busy: NDArray[np.bool_], *, gap: int) -> Iterator[Window]:
    """Runs of busy hours; days whose runs differ by an hour at most are told together."""
    groups: list[tuple[list[int], list[_Run]]] = []
    for day, row in enumerate(busy):
        runs = _runs(row, gap)
        for members, known in groups:
            if len(known) == len(runs) and all(
                abs(a[0] - b[0]) <= gap and abs(a[1] - b[1]) <= gap for a, b in zip(known, runs, strict=True)
            ):
                members.append(day)
                known[:] = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(known, runs, strict=True)]
                break
        else:
            groups.append(([day], runs))
    median = np.array(profile.median).reshape(-1, 24)
    upper = np.array(profile.p95).reshape(-1, 24)
    for members, runs in groups:
        for start, end in runs:
            at = (members, slice(start, end))
            yield Window(
                _named(members, len(busy)), start, end,
                float(np.nanmax(median[at])), float(np.nanmax(upper[at])),
            )  # fmt: skip


def _runs(row: NDArray[np.bool_], gap: int) -> list[_Run]:
    runs: list[_Run] = []
    for hour in np.flatnonzero(row).tolist():
        if runs and hour - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], hour + 1)
        else:
            runs.append((hour, hour + 1))
    return runs


def _named(members: list[int], count: int) -> str:
    """``Mon-Fri``, ``Mon,Wed``, ``daily``."""
    if count == 1 or len(members) == len(_DAYS):
        return "daily"
    parts: list[list[int]] = []
    for day in members:
        if parts and parts[-1][-1] == day - 1:
            parts[-1].append(day)
        else:
            parts.append([day])
    return ",".join(_DAYS[p[0]] if len(p) == 1 else f"{_DAYS[p[0]]}-{_DAYS[p[-1]]}" for p in parts)


def _rows(days: str, count: int) -> list[int]:
    if days == "daily":
        return list(range(count))
    rows: list[int] = []
    for part in days.split(","):
        first, _, last = part.partition("-")
        rows += range(_DAYS.index(first), _DAYS.index(last or first) + 1)
    return rows


def _need(window: Window, quiet: float, headroom: float, capacity: float | None) -> Need:
    needed = window.p95 * (1 + headroom)
    return Need(window, needed, window.p95 / quiet, _units(needed, capacity))


def _units(needed: float, capacity: float | None) -> int | None:
    return None if capacity is None else max(math.ceil(needed / capacity - 1e-9), 1)


def _sentence(need: Need, headroom: float) -> str:
    window = need.window
    minutes = window.start_hour * 60 - _LEAD_MINUTES
    by = f"{minutes // 60:02}:{minutes % 60:02}" if minutes >= 0 else "23:45 of the day before"
    return (
        f"{window.days} {window.start_hour:02}:00-{window.end_hour:02}:00 needs {need.ratio:.1f}x the quiet "
        f"level; have {_amount(need.needed, need.units)} by {by}: the 95th percentile of each hour with "
        f"{headroom:.0%} head-room"
    )


def _amount(needed: float, units: int | None) -> str:
    return f"{needed:.4g}" if units is None else f"{units} unit{'s' if units > 1 else ''} ({needed:.4g})"
