"""What a rhythm looks like: quantiles of each slot at the level of now, odd days left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.seasonality.cycles import positions
from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK
from codesentinel.model.seasonality import OddDay, Profile
from codesentinel.stats.fold import without_level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.seasonality.grid import Grid

QUANTILES = (0.5, 0.05, 0.25, 0.75, 0.95)
_SLOTS = 24
_FEWEST_DAYS = 14
_ODD_SPREADS = 4.0
_ODD_RATIO = 1.5
_MOST_ODD_SHARE = 0.2
_ROUNDS = 5
_WORST = 0.6


def profile(grid: Grid, period: float) -> tuple[Profile, tuple[OddDay, ...]]:
    """Of the period, and the days that do not follow it."""
    slot_seconds = max(3600.0 if period in (DAY, WEEK) else period / _SLOTS, grid.step)
    slots = max(int(period / slot_seconds + 1e-6), 1)
    position = positions(grid, period)
    place = np.minimum(((position - np.floor(position)) * slots + 1e-6).astype(np.int64), slots - 1)
    values = grid.values
    odd: dict[int, float] = {}
    rest = without_level(values, round(period / grid.step))
    if period in (DAY, WEEK) and grid.span >= _FEWEST_DAYS * DAY:
        values, rest, odd = _without_odd_days(grid, period, place, slots)
    level = values - rest
    newest = level[-max(round(period / grid.step), 1) :]
    now = float(np.nanmean(newest)) if np.isfinite(newest).any() else float(np.nanmedian(grid.values))
    columns = _quantiles(rest, place, slots).T + now
    shape = [tuple(column.tolist()) for column in columns]
    days = tuple(OddDay(str(np.datetime64(day, "D")), ratio) for day, ratio in sorted(odd.items()))
    return Profile(period, period / slots, *shape), days


def _without_odd_days(
    grid: Grid, period: float, place: NDArray[np.int64], slots: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[int, float]]:
    """The values and what is left of them without a level, without the odd days, and these.

    The worst are taken out first: an odd day bends the level around it, and makes its neighbours look odd.
    """
    values, odd = grid.values, dict[int, float]()
    day = (grid.times // DAY).astype(np.int64)
    most = _MOST_ODD_SHARE * len(np.unique(day))
    for _ in range(_ROUNDS):
        rest = without_level(values, round(period / grid.step))
        found = _odd_days(day, rest - _quantiles(rest, place, slots)[place, 0])
        if not found:
            return values, rest, odd
        worst = max(found.values())
        odd |= {one: ratio for one, ratio in found.items() if ratio >= _WORST * worst}
        if len(odd) > most:
            break
        values = np.where(np.isin(day, list(odd)), np.nan, values)
    else:
        return values, without_level(values, round(period / grid.step)), odd
    return grid.values, without_level(grid.values, round(period / grid.step)), {}


def _quantiles(values: NDArray[np.float64], place: NDArray[np.int64], slots: int) -> NDArray[np.float64]:
    """Of the values in each slot; slots by quantiles."""
    known = np.isfinite(values)
    found = np.full((slots, len(QUANTILES)), np.nan)
    order = np.argsort(place[known], kind="stable")
    held = values[known][order]
    edges = np.searchsorted(place[known][order], np.arange(slots + 1))
    for slot in range(slots):
        inside = held[edges[slot] : edges[slot + 1]]
        if len(inside):
            found[slot] = np.quantile(inside, QUANTILES)
    return found


def _odd_days(day: NDArray[np.int64], rest: NDArray[np.float64]) -> dict[int, float]:
    """Days (since 1970) far from the profile, with how many times as far as days usually are."""
    first = int(day[0])
    known = np.isfinite(rest)
    count = np.bincount(day[known] - first, minlength=int(day[-1]) - first + 1)
    squares = np.bincount(day[known] - first, weights=rest[known] ** 2, minlength=len(count))
    used = count >= 0.5 * np.max(count)
    size = np.sqrt(squares / np.maximum(count, 1))
    usual = float(np.median(size[used]))
    if usual <= 0:
        return {}
    logs = np.log(np.maximum(size, 1e-9 * usual) / usual)
    spread = max(1.4826 * float(np.median(np.abs(logs[used] - np.median(logs[used])))), 0.05)
    odd = used & (logs > _ODD_SPREADS * spread) & (size > _ODD_RATIO * usual)
    return {first + int(i): float(size[i] / usual) for i in np.flatnonzero(odd)}
