"""The date on which one resource is full, with its interval: thousands of futures are simulated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.changepoint import Jumps, daily_profile, find_jumps, without_jumps
from codesentinel.stats.cycles import cycle_passage, find_cycles
from codesentinel.stats.drift import Draws, draw_drifts, thinned
from codesentinel.stats.grid import filled
from codesentinel.stats.passage import first_passage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.90
DRAWS = 400
WEEK_DAYS = 7
_CONSTANT = 1e-12
_TABLE = 1 << 16
_SEED = 20261125
_SIZE_DOUBT = 0.5
"""A few jumps drawn again and again look more alike than those to come: by this, over their root number."""
_BENDS_AGO_DAYS = (0.75, *np.arange(1, 8.5, 0.5), *np.arange(9, 16), *np.arange(17, 27, 2))
_DRAWS_OF_A_MOVE = 100


class Passage(NamedTuple):
    """Steps until the limit is reached: the median and the bounds of the 90% interval; infinite is never.

    ``slope`` is the growth a step in the long run. ``notes`` say what was found in the series,
    ``moves`` what the median would be if something of it were different.
    """

    estimate: float
    earliest: float
    latest: float
    slope: float
    notes: tuple[str, ...] = ()
    moves: tuple[tuple[str, float], ...] = ()


class Chance(NamedTuple):
    """Tables of chance, the same for every series: a verdict does not depend on what else is judged."""

    normals: Floats
    uniforms: Floats
    stratified: Floats
    drawn: Floats


@lru_cache(maxsize=1)
def chance() -> Chance:
    """The tables, from a fixed seed."""
    rng = np.random.default_rng(_SEED)
    return Chance(
        rng.standard_normal(_TABLE),
        rng.random(_TABLE),
        (np.arange(DRAWS) + rng.random(DRAWS)) / DRAWS,
        rng.standard_normal((DRAWS, 7)),
    )


def passage(values: Floats, limit: float, *, steps: int, day: int) -> Passage:
    """When ``values``, equally spaced, reach ``limit``, within ``steps`` steps; NaN is a gap.

    ``day`` is the number of steps of a day, or 0 where steps are too long to see what recurs in one.
    """
    middle, unit = float(np.nanmean(values)), float(np.nanstd(values))
    if unit <= _CONSTANT * max(abs(middle), abs(limit), 1e-300):
        return Passage(np.inf, np.inf, np.inf, 0.0, ("constant",))
    found = _passage((values - middle) / unit, (limit - middle) / unit, steps, day)
    return found._replace(slope=found.slope * unit)


def _passage(values: Floats, limit: float, steps: int, day: int) -> Passage:
    missing = np.isnan(values)
    flat, season, notes = _without_season(filled(values), day)
    jumps = find_jumps(flat)
    cycles = find_cycles(flat, jumps)
    if cycles is None and day:  # of clean-ups every few days two weeks may look alike by chance
        flat, season, more = _without_week(flat, season, day)
        if more:
            jumps, notes = find_jumps(flat), [*notes, more]
    tables = chance()
    when: Callable[[Floats, float, int], NDArray[np.int64]]
    if cycles is not None:
        notes.append(f"cleaned up {len(cycles.lengths) + 1} times: its peaks are what counts")
        slope = cycles.slope

        def when(season: Floats, growth: float, count: int) -> NDArray[np.int64]:
            slower = cycles._replace(slope=cycles.slope * growth)
            return cycle_passage(slower, limit, steps, season, tables.normals, count)

    else:
        smooth = without_jumps(flat, jumps)
        smooth[missing] = np.nan
        draws = draw_drifts(smooth, _bends(len(values), day), tables.drawn, tables.stratified)
        few = thinned(draws, DRAWS // _DRAWS_OF_A_MOVE)
        recurring, rates = _recurring(jumps, len(values))
        slope = float(np.median(draws.slope)) + float(recurring.sum()) / len(values)
        notes += _told(jumps, recurring, draws)

        def when(season: Floats, growth: float, count: int) -> NDArray[np.int64]:
            drawn = draws if count == DRAWS else few
            return first_passage(
                drawn._replace(slope=drawn.slope * growth),
                limit,
                steps,
                season=season,
                jumps=recurring * growth,
                jump_rates=rates[:count],
                normals=tables.normals,
                uniforms=tables.uniforms,
            )

    low, median, high = _bounds(when(season, 1.0, DRAWS), steps)
    moves = []
    if np.isfinite(median):
        moves.append(("half the growth", _bounds(when(season, 0.5, _DRAWS_OF_A_MOVE), steps)[1]))
        if len(season) > 1:
            moves.append(("no pattern of days", _bounds(when(np.zeros(1), 1.0, _DRAWS_OF_A_MOVE), steps)[1]))
        if cycles is not None:
            left = max(limit - cycles.now, 0.0)
            moves.append(("no clean-ups", left / cycles.rate if cycles.rate > 0 else np.inf))
    return Passage(median, low, high, slope, tuple(notes), tuple(moves))


def _without_season(values: Floats, day: int) -> tuple[Floats, Floats, list[str]]:
    profile = daily_profile(values, day) if day else None
    if profile is None:
        return values, np.zeros(1), []
    told = "a daily pattern is taken away to see the growth, and its peaks are added again"
    return values - profile[(np.arange(len(values)) - len(values)) % day], profile, [told]


def _without_week(values: Floats, season: Floats, day: int) -> tuple[Floats, Floats, str]:
    """The values without what recurs each week beside each day, the season of both, and what is told."""
    week = WEEK_DAYS * day
    profile = daily_profile(values, week)
    if profile is None:
        return values, season, ""
    told = "a weekly pattern is taken away to see the growth, and its peaks are added again"
    flat = values - profile[(np.arange(len(values)) - len(values)) % week]
    return flat, np.tile(season, week // len(season)) + profile, told


def _told(jumps: Jumps, recurring: Floats, draws: Draws) -> list[str]:
    notes = []
    if len(recurring):
        notes.append(f"grew by {len(recurring)} jumps, which are expected to go on")
    if len(jumps.places) > len(recurring):
        notes.append(
            f"was cleaned up or resized {len(jumps.places) - len(recurring)} times, taken as done once"
        )
    if draws.bent > 0.5:
        notes.append("the slope changed: the one since then is used")
    return notes


def _bends(n: int, day: int) -> NDArray[np.int64]:
    unit = day or max(n // 30, 1)
    ago = np.array([round(days * unit) for days in _BENDS_AGO_DAYS])
    places: NDArray[np.int64] = n - 1 - ago
    return places[places > n // 10]


def _recurring(jumps: Jumps, n: int) -> tuple[Floats, Floats]:
    """The jumps that may come again, and draws of how many a step there are."""
    sizes = jumps.sizes
    if (sizes < 0).sum() <= 2:
        sizes = sizes[sizes > 0]
    if not len(sizes):
        return np.zeros(0), np.zeros(DRAWS)
    rng = np.random.default_rng(_SEED)
    rates = rng.gamma(len(sizes), 1 / n, DRAWS)
    return sizes, rates * np.exp(_SIZE_DOUBT / np.sqrt(len(sizes)) * rng.standard_normal(DRAWS))


def _bounds(hits: NDArray[np.int64], steps: int) -> tuple[float, float, float]:
    when = np.where(hits > steps, np.inf, hits)
    shares = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    low, middle, high = np.quantile(when, shares, method="inverted_cdf").tolist()
    return low, middle, high
