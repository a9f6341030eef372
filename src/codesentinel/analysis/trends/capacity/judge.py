"""Resources judged: all are looked at at once, and those that could be full in time get a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.trends.capacity.dates import passage
from codesentinel.model.capacity import JudgedResource, Moment, Move, Resource
from codesentinel.stats.grid import Grid, even_steps, filled
from codesentinel.stats.screening import screen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.series import Series

STEPS = 720
FEWEST = 30
SHORTEST_SPAN_SECONDS = 600.0
MOST_GAPS = 0.5
FARTHEST_IN_SPANS = 10.0
"""Nothing is foretold further than ten times the history it rests on."""
BEYOND = 2.0
"""Futures are followed for twice the horizon, so that a late bound is a date and not an open end."""
_LEVEL_OF_LATE = 6


class Candidate(NamedTuple):
    """A resource, its history (how much is used) and its limit, both in the same unit."""

    resource: Resource
    series: Series
    limit: float


def judge_all(candidates: Sequence[Candidate], *, now: float, horizon_seconds: float) -> list[JudgedResource]:
    """Each of the candidates, in their order."""
    prepared = [_prepared(one, now) for one in candidates]
    moving = _moving(candidates, prepared, horizon_seconds)
    judged = []
    for candidate, steps in zip(candidates, prepared, strict=True):
        if isinstance(steps, str):
            judged.append(_record(candidate, reason=steps))
        else:
            full = moving[id(steps)]
            judged.append(_dated(candidate, steps, full=full, horizon_seconds=horizon_seconds))
    return judged


def _prepared(candidate: Candidate, now: float) -> Grid | str:
    """The history in equal steps, or the reason why it says nothing."""
    times, values = candidate.series.times, candidate.series.values
    if not np.isfinite(candidate.limit):
        return "its limit is not known"
    finite = int(np.isfinite(values).sum())
    if not finite:
        return "it has no values"
    try:
        steps = even_steps(times, values, STEPS)
    except ValueError as exc:
        return str(exc)
    seen = int(np.isfinite(steps.values).sum())
    span = len(steps.values) * steps.step
    if seen < FEWEST or span < SHORTEST_SPAN_SECONDS:
        return (
            f"{seen} values over {span / 60:.0f} minutes are too few; "
            f"{FEWEST} over {SHORTEST_SPAN_SECONDS / 60:.0f} are needed"
        )
    if seen < MOST_GAPS * len(steps.values):
        return f"{1 - seen / len(steps.values):.0%} of its history is missing"
    if now - steps.end > max(0.1 * span, 10 * steps.step):
        return "nobody reports it any more"
    return steps


def _moving(
    candidates: Sequence[Candidate],
    prepared: Sequence[Grid | str],
    horizon_seconds: float,
) -> Mapping[int, bool]:
    """Whether each could reach its limit in time, looked at together with all that have as many steps."""
    groups: dict[tuple[int, float], list[tuple[Grid, float]]] = {}
    for candidate, steps in zip(candidates, prepared, strict=True):
        if not isinstance(steps, str):
            groups.setdefault((len(steps.values), steps.step), []).append((steps, candidate.limit))
    moving = {}
    for (_count, step_seconds), members in groups.items():
        screened = screen(np.stack([steps.values for steps, _ in members]))
        reach = screened.reach(int(BEYOND * horizon_seconds / step_seconds))
        for (steps, limit), high in zip(members, reach.tolist(), strict=True):
            moving[id(steps)] = not high < limit
    return moving


def _dated(candidate: Candidate, steps: Grid, *, full: bool, horizon_seconds: float) -> JudgedResource:
    values = filled(steps.values)
    used = float(np.median(values[-_LEVEL_OF_LATE:]))
    step, end = steps.step, steps.end
    span = len(values) * step
    if float(values[-1]) >= candidate.limit:
        return _record(candidate, used=used, at=Moment(end, end, end), notes=("it is at its limit now",))
    horizon = min(horizon_seconds, FARTHEST_IN_SPANS * span)
    if not full:
        slope = float(np.median(np.diff(values))) / step if len(values) > 1 else 0.0
        return _record(candidate, used=used, slope=slope, screened=True)
    found = passage(steps.values, candidate.limit, steps=max(int(BEYOND * horizon / step), 1), day=steps.day)
    notes = found.notes
    if horizon < horizon_seconds:
        notes = (*notes, f"looked ahead {FARTHEST_IN_SPANS:g} times its history and no further")

    def moment(ahead: float) -> float | None:
        return end + ahead * step if np.isfinite(ahead) else None

    estimate, earliest, latest = moment(found.estimate), moment(found.earliest), moment(found.latest)
    in_time = estimate is not None and estimate - end <= horizon
    return _record(
        candidate,
        used=used,
        slope=found.slope / step,
        at=Moment(estimate, earliest or estimate, latest) if in_time and estimate is not None else None,
        possible=earliest if earliest is not None and earliest - end <= horizon else None,
        notes=notes,
        moves=tuple(Move(what, moment(ahead)) for what, ahead in found.moves) if in_time else (),
    )


def _record(
    candidate: Candidate,
    *,
    reason: str = "",
    used: float | None = None,
    slope: float | None = None,
    at: Moment | None = None,
    possible: float | None = None,
    notes: tuple[str, ...] = (),
    moves: tuple[Move, ...] = (),
    screened: bool = False,
) -> JudgedResource:
    return JudgedResource(
        candidate.resource,
        candidate.series.labels,
        candidate.limit,
        used,
        at,
        None if at else possible,
        slope,
        notes,
        moves,
        reason,
        screened,
    )
