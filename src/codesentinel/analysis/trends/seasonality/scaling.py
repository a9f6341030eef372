"""A profile as replicas by the hours of a week, in few windows that never give less than is needed.

Each slot of a week needs its 95th percentile with head-room, divided by what a replica can do, and has it
``LEAD_MINUTES`` earlier. First the numbers of replicas are made few: the fewest levels, each the largest of
those that it stands for, that cost 5 % of the replica-hours at most (exact, by dynamic programming). Then the
windows of these levels are joined, the cheapest pair first, as long as all of it costs 10 % at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.scaling import DAY_SLOTS, SLOT_MINUTES, WEEK_SLOTS, ScalePlan, ScaleWindow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from codesentinel.model.seasonality import Profile

LEAD_MINUTES = 15
LEVELS_COST, WINDOWS_COST = 0.05, 0.10
_WEEK_SECONDS = 604800.0
_SLOT_SECONDS = 60.0 * SLOT_MINUTES


def why_no_week(profile: Profile) -> str:
    """Why the profile says nothing of the hours of a week; empty where it does."""
    cycles = _WEEK_SECONDS / profile.period_seconds
    if abs(cycles - round(cycles)) > 1e-6 or cycles < 1:
        return f"a cycle of {profile.period_seconds / 3600:g} h is at another hour each week"
    return "" if np.isfinite(profile.p95).any() else "no slot of its profile was measured"


def plan(
    profile: Profile,
    *,
    target_per_replica: float,
    headroom_ratio: float,
    least: int,
    most: int | None,
    timezone: str,
) -> ScalePlan:
    """Of a profile of which ``why_no_week`` has nothing to say; ``most`` is twice the peak by default.

    Raises:
        ValueError: more than ``most`` are needed at a time.
    """
    needed = _needed(profile, target_per_replica, headroom_ratio, least)
    peak = int(needed.max())
    if most is not None and peak > most:
        raise ValueError(f"{peak} replicas are needed at the peak, more than {most}")
    base, windows = _joined(needed)
    planned = tuple(int(one) for one in _planned(base, windows))
    ordered = tuple(sorted(windows, key=lambda one: (one.days, one.start, one.end)))
    return ScalePlan(
        base, ordered, tuple(int(one) for one in needed), planned,
        headroom_ratio, target_per_replica, LEAD_MINUTES, timezone, 2 * peak if most is None else most,
    )  # fmt: skip


def _needed(profile: Profile, target: float, headroom: float, least: int) -> NDArray[np.int64]:
    """By slot of the week; one that was never measured needs as much as the busiest."""
    upper = np.array(profile.p95)
    upper = np.where(np.isfinite(upper), upper, np.nanmax(upper))
    edges = np.arange(WEEK_SLOTS) * _SLOT_SECONDS % profile.period_seconds
    first = (edges / profile.slot_seconds + 1e-9).astype(np.int64)
    last = np.ceil((edges + _SLOT_SECONDS) / profile.slot_seconds - 1e-9).astype(np.int64) - 1
    values = np.array(
        [
            max(upper[place % len(upper)] for place in range(a, b + 1))
            for a, b in zip(first.tolist(), last.tolist(), strict=True)
        ]
    )
    replicas = np.maximum(np.ceil(values * (1 + headroom) / target - 1e-9), least).astype(np.int64)
    for _ in range(LEAD_MINUTES // SLOT_MINUTES):
        replicas = np.maximum(replicas, np.roll(replicas, -1))
    return replicas


def _joined(needed: NDArray[np.int64]) -> tuple[int, list[ScaleWindow]]:
    """The base and the windows, as few as the cost allows."""
    levels = _levels(needed)
    wanted = np.array([min(level for level in levels if level >= one) for one in needed.tolist()])
    base, windows = int(wanted.min()), _together(_windows(wanted, levels))
    left = (1 + WINDOWS_COST) * int(needed.sum()) - int(_planned(base, windows).sum())
    while windows:
        cost, base, windows = _one_fewer(base, windows, levels, left)
        if cost > left:
            break
        left -= cost
    return base, windows


def _levels(needed: NDArray[np.int64]) -> list[int]:
    """The fewest numbers of replicas to which all can be raised at the cost allowed."""
    values, counts = np.unique(needed, return_counts=True)
    total, most = int(needed.sum()), len(values)
    filled = np.concatenate([[0], np.cumsum(counts)])
    weight = np.concatenate([[0], np.cumsum(counts * values)])
    # cost[j] of raising values[:j] to k levels, of which the last is values[j - 1]
    cost = np.where(np.arange(most + 1) == 0, 0.0, np.inf)
    chosen: list[NDArray[np.int64]] = []
    for _ in range(most):
        step = np.full((most + 1, most + 1), np.inf)
        for j in range(1, most + 1):
            step[:j, j] = cost[:j] + (filled[j] - filled[:j]) * values[j - 1] - (weight[j] - weight[:j])
        chosen.append(step.argmin(axis=0))
        cost = step.min(axis=0)
        if cost[most] <= LEVELS_COST * total:
            break
    levels, end = [], most
    for starts in reversed(chosen):
        levels.append(int(values[end - 1]))
        end = int(starts[end])
    return sorted(levels)


def _windows(wanted: NDArray[np.int64], levels: Sequence[int]) -> Iterator[ScaleWindow]:
    """For each day and each level above the lowest, the runs that need as much."""
    for day, row in enumerate(wanted.reshape(7, DAY_SLOTS)):
        for level in levels:
            inside = np.concatenate([[False], (row >= level) & (level > wanted.min()), [False]])
            edges = np.flatnonzero(np.diff(inside.astype(np.int8)))
            for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                if int(row[start:end].min()) == level:  # else a higher level has the same run
                    yield ScaleWindow((day,), start, end, level)


def _together(windows: Iterator[ScaleWindow]) -> list[ScaleWindow]:
    """Days with the same window told once."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for one in windows:
        found.setdefault(one[1:], []).extend(one.days)
    return [ScaleWindow(tuple(sorted(set(days))), *rest) for rest, days in found.items()]


def _one_fewer(
    base: int, windows: list[ScaleWindow], levels: Sequence[int], most: float
) -> tuple[int, int, list[ScaleWindow]]:
    """What the cheapest way to do with fewer costs, and what it leaves; as it was where that is too much.

    Two windows become one that holds both, which takes nothing from any slot; or the base becomes as high as
    the lowest window.
    """
    planned = _planned(base, windows).reshape(7, DAY_SLOTS)
    lowest = min(one.replicas for one in windows)
    raised = int(np.maximum(lowest - planned, 0).sum())
    missing = np.maximum(np.array(levels)[:, None, None] - planned, 0)
    until = np.concatenate([np.zeros((len(levels), 7, 1), np.int64), missing.cumsum(axis=2)], axis=2)
    place = np.array([levels.index(one.replicas) for one in windows])
    start, end = np.array([one.start for one in windows]), np.array([one.end for one in windows])
    on = np.array([[day in one.days for day in range(7)] for one in windows])
    level, days = np.maximum.outer(place, place)[..., None], on[:, None] | on[None]
    first, last = np.minimum.outer(start, start)[..., None], np.maximum.outer(end, end)[..., None]
    week = np.arange(7)
    cost = ((until[level, week, last] - until[level, week, first]) * days).sum(axis=2)
    cost[np.tril_indices(len(windows))] = np.iinfo(np.int64).max
    one, other = (int(at) for at in np.unravel_index(cost.argmin(), cost.shape))
    cheapest = int(cost[one, other])
    if min(raised, cheapest) > most:
        return min(raised, cheapest), base, windows
    if raised <= cheapest:
        return raised, lowest, [one for one in windows if one.replicas > lowest]
    both = _both(windows[one], windows[other])
    if both.end - both.start == DAY_SLOTS and len(both.days) == 7:
        return cheapest, both.replicas, [two for two in windows if two.replicas > both.replicas]
    return cheapest, base, [*(two for two in windows if not _holds(both, two)), both]


def _both(one: ScaleWindow, other: ScaleWindow) -> ScaleWindow:
    """The smallest window that holds the two."""
    return ScaleWindow(
        tuple(sorted({*one.days, *other.days})),
        min(one.start, other.start),
        max(one.end, other.end),
        max(one.replicas, other.replicas),
    )


def _holds(outer: ScaleWindow, inner: ScaleWindow) -> bool:
    """Whether the inner one adds nothing."""
    return (
        set(inner.days) <= set(outer.days)
        and outer.start <= inner.start
        and inner.end <= outer.end
        and inner.replicas <= outer.replicas
    )


def _planned(base: int, windows: Sequence[ScaleWindow]) -> NDArray[np.int64]:
    """Replicas in each slot of the week."""
    week = np.full((7, DAY_SLOTS), base, dtype=np.int64)
    for one in windows:
        rows = week[list(one.days), one.start : one.end]
        week[list(one.days), one.start : one.end] = np.maximum(rows, one.replicas)
    return week.ravel()
