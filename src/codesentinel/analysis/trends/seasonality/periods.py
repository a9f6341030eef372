"""Which periods are real: the clock's and the calendar's first, then what the periodogram shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.seasonality.cycles import MONTH, measured, scored, without
from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK
from codesentinel.analysis.trends.seasonality.unknown import unknown_periods
from codesentinel.model.seasonality import Rhythm
from codesentinel.stats.coherence import Coherence, coherence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.seasonality.grid import Grid

ALPHA = 0.004
"""Chance of a false period in a series that has none: half for the known ones, half for all others."""
_FEWEST_SLOTS = 4
_FEWEST_CYCLES = 3
_DIVISORS = (96, 72, 48, 36, 32, 24, 18, 16, 12, 9, 8, 6, 5, 4, 3, 2)
_SUB_DIVISORS = (4, 6, 8, 12, 24, 48, 72, 96, 144)
_SURE = 1e-6
_NEWEST = (2, 3, 4)
"""Parts of the series, the newest of so many, in which alone a rhythm may be: one that began of late."""
_MONTHLY_HARMONICS = 10
_BEYOND_DOUBT = 1e-9
_STEADY = 2.0
"""The gain is no accident of a single cycle: it is at least half of its interval's reach."""
_LEAST_STRENGTH = 0.003


def find_periods(grid: Grid) -> list[Rhythm]:
    """Those that are real, longest first; none is named that is a multiple or a fraction of another one."""
    values, found = grid.values, []
    for period in (DAY, WEEK, MONTH):
        fitting = grid.span >= _FEWEST_CYCLES * period * 0.995 and period / grid.step >= _FEWEST_SLOTS
        for rhythm in _known(grid, values, period) if fitting else ():
            values = without(grid, values, rhythm.period_seconds)
            found.append(rhythm)
    for period, p_value in unknown_periods(
        grid, values, [one.period_seconds for one in found], alpha=ALPHA / 2
    ):
        unnamed = _rhythm(grid, values, period, p_value)
        if unnamed:
            found.append(unnamed)
            values = without(grid, values, period)
    return sorted(_within_week(grid, found), key=lambda one: -one.period_seconds)


def _within_week(grid: Grid, found: list[Rhythm]) -> list[Rhythm]:
    """Where the hours of the week differ, a day's own harmonics are no rhythm of their own.

    They are what the days have in common; which of them stand out is chance.
    """
    periods = {one.period_seconds for one in found}
    if WEEK not in periods or DAY in periods:
        return found
    harmonics = coherence(scored(grid, grid.values, WEEK))
    number = np.arange(1, len(harmonics.evidence) + 1)
    if harmonics.p_value((number % 7 != 0) & (number > 7)) > _SURE:
        return found
    return [one for one in found if one.period_seconds >= WEEK or (DAY / one.period_seconds) % 1 > 1e-6]


def _known(grid: Grid, values: NDArray[np.float64], period: float) -> list[Rhythm]:
    """The period, the fraction of it that all of its harmonics share, or both; or nothing."""
    cycles = scored(grid, values, period)
    if len(cycles) < _FEWEST_CYCLES:
        return []
    harmonics = coherence(cycles)
    number = np.arange(1, len(harmonics.evidence) + 1)
    keep = number % 7 != 0 if period == WEEK else np.ones(len(number), bool)
    if period == MONTH:
        keep = number <= _MONTHLY_HARMONICS
    looks = [harmonics] + [coherence(cycles[-(len(cycles) // n) :]) for n in _NEWEST if len(cycles) >= 6 * n]
    bound, new = ALPHA / 2 / 3 / len(looks), False
    p_value = harmonics.p_value(keep)
    if p_value > bound:
        p_value, harmonics = min(((one.p_value(keep), one) for one in looks), key=lambda pair: pair[0])
        new = True
    if p_value > bound:
        return []
    divisor = 1 if period == MONTH else _shared(harmonics, number, keep, p_value)
    fractions = [divisor]
    if divisor == 1 and period == DAY:
        fractions += _apart(harmonics, number)
    corrected = min(3 * len(looks) * p_value, 1.0)
    rhythms = [_rhythm(grid, values, _clock(period / one), corrected, new=new) for one in fractions]
    return [one for one in rhythms if one]


def _shared(harmonics: Coherence, number: NDArray[np.int_], keep: NDArray[np.bool_], p_value: float) -> int:
    """The largest divisor of all harmonics that are real."""
    for divisor in _DIVISORS:
        if divisor * 2 > 2 * len(number):
            continue
        others = keep & (number % divisor != 0)
        own = keep & (number % divisor == 0)
        if (
            own.any()
            and others.any()
            and harmonics.p_value(others) > 1e-3
            and (harmonics.p_value(own) <= max(p_value * 10, 1e-12))
        ):
            return divisor
    return 1


def _apart(harmonics: Coherence, number: NDArray[np.int_]) -> list[int]:
    """A faster rhythm within the day: its harmonics are real, and their neighbours are not."""
    for divisor in _SUB_DIVISORS:
        own = (number % divisor == 0) & (number <= 4 * divisor)
        if not own.any():
            continue
        distance = np.minimum(number % divisor, divisor - number % divisor)
        beside = (distance > 0) & (distance <= max(2, min(divisor // 4, 4))) & (number > divisor / 2)
        beside &= number <= 5 * divisor
        power = harmonics.power
        if (
            harmonics.p_value(own) < _SURE
            and beside.any()
            and harmonics.p_value(beside) > 1e-3
            and power[divisor - 1] > 20 * float(np.median(power[beside]))
        ):
            return [divisor]
    return []


def _rhythm(
    grid: Grid, values: NDArray[np.float64], period: float, p_value: float, *, new: bool = False
) -> Rhythm | None:
    found, squares = measured(grid, values, period)
    if found is None or found.lower is None or found.estimate <= 0:
        return None
    if not new and p_value > _BEYOND_DOUBT and found.estimate - found.lower >= _STEADY * found.estimate:
        return None
    _, all_squares = measured(grid, grid.values, period)
    strength = found.estimate * squares / all_squares if all_squares > 0 else 0.0
    if strength < _LEAST_STRENGTH:
        return None
    return Rhythm(period, min(p_value, 1.0), int(grid.span / period), strength, found, new)


def _clock(period: float) -> float:
    return round(period, 3)
