"""Periods that no clock names: found in the periodogram, refined, and tested again by their cycles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.seasonality.cycles import scored, without
from codesentinel.analysis.trends.seasonality.grid import DAY, WEEK
from codesentinel.stats.coherence import coherence
from codesentinel.stats.fold import without_level
from codesentinel.stats.normal_scores import normal_scores
from codesentinel.stats.periodogram import peaks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.seasonality.grid import Grid

_MOST = 3
_FEWEST_CYCLES = 6
_FEWEST_SLOTS = 4
_MULTIPLES = 8
_SURE = 1e-5
_REFINED = 41
_ROUND = tuple(
    float(seconds)
    for seconds in (
        *(60 * n for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 40, 45, 90)),
        *(3600 * n for n in (*range(1, 25), 30, 36)),
        *(DAY * n for n in (1, 2, 3, 3.5, 4, 5, 7, 10, 14, 28, 30)),
    )
)


def unknown_periods(
    grid: Grid, values: NDArray[np.float64], known: list[float], *, alpha: float
) -> list[tuple[float, float]]:
    """Periods in seconds with their p-values, corrected for all frequencies that were looked at."""
    found: list[tuple[float, float]] = []
    known = [*known, DAY] if WEEK in known else known  # a day's harmonics are the week's
    tried = max(len(values) // 2, 1)
    for _ in range(_MOST):
        window = max(int(len(values) / _FEWEST_CYCLES), 8)
        rest = normal_scores(without_level(values, window))
        lowest = _FEWEST_CYCLES / len(values)
        for peak in peaks(rest, lowest=lowest, highest=1 / _FEWEST_SLOTS):
            if peak.p_value * tried > alpha:
                continue
            period = grid.step / peak.frequency
            if any(_belongs(period, one, grid) for one in known):
                continue
            period = _refined(grid, values, period)
            period = _rounded(_fundamental(grid, values, period), grid.span)
            if any(_belongs(period, one, grid) for one in known):
                continue
            p_value = coherence(scored(grid, values, period)).p_value() * tried
            if p_value <= alpha:
                found = [one for one in found if not _belongs(one[0], period, grid)]
                found.append((period, p_value))
                known = [*known, period]
                values = without(grid, values, period)
                break
        else:
            break
    return found


def _belongs(period: float, known: float, grid: Grid) -> bool:
    """Whether a peak is a harmonic of a known rhythm, or a side of one that changes in time."""
    ratio = known / period
    if ratio < 0.5:
        return False
    near = min(3.0 / grid.span, 0.2 / known) if known < WEEK else 0.6 / grid.span
    return abs(1 / period - round(ratio) / known) < near


def _refined(grid: Grid, values: NDArray[np.float64], period: float) -> float:
    """The frequency at which the mean cycle has the most power, within a bin of the peak."""
    rest = normal_scores(without_level(values, round(period / grid.step)))
    rest = np.nan_to_num(rest)
    frequencies = 1 / period + np.linspace(-0.7, 0.7, _REFINED) / grid.span
    phase = np.exp(-2j * np.pi * np.outer(frequencies, grid.step * np.arange(len(rest))))
    return float(1 / frequencies[int(np.argmax(np.abs(phase @ rest)))])


def _fundamental(grid: Grid, values: NDArray[np.float64], period: float) -> float:
    """The longest multiple with harmonics of its own: a comb is often seen first by one of its teeth."""
    for multiple in range(_MULTIPLES, 1, -1):
        if grid.span < _FEWEST_CYCLES * multiple * period:
            continue
        harmonics = coherence(scored(grid, values, multiple * period))
        number = np.arange(1, len(harmonics.evidence) + 1)
        if len(number) > multiple and harmonics.p_value(number % multiple != 0) < _SURE:
            shared = math.gcd(*[int(k) for k in number if harmonics.evidence[k - 1] > 12] or [1])
            return multiple * period / shared
    return period


def _rounded(period: float, span: float) -> float:
    """The period of a clock where the series is too short to tell the two apart."""
    nearest = min(_ROUND, key=lambda one: abs(1 / one - 1 / period))
    return nearest if abs(1 / nearest - 1 / period) < 0.4 / span else period
