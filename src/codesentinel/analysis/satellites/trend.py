"""Weeks of a procedure: whether its failures rise or fall, whatever its version."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites.ends import ends_of
from codesentinel.model.procedure_health import FALLING, RISING, STEADY, UNKNOWN, Trend, Week

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.procedure_runs import WeekCount

_CERTAIN = 2.576  # two-sided, 1 %
_FEWEST_WEEKS, _FEWEST_RUNS = 3, 20


def trends_of(weeks: Iterable[WeekCount]) -> tuple[Trend, ...]:
    """One for each procedure."""
    ordered = sorted(weeks)
    found = []
    for procedure, some in groupby(ordered, key=lambda one: one.procedure):
        each = [Week(at, ends_of(counts)) for at, counts in groupby(some, key=lambda one: one.week_at)]
        shown = tuple(week for week in each if week.ends.runs)
        found.append(Trend(procedure, _direction(shown), shown))
    return tuple(found)


def _direction(weeks: Sequence[Week]) -> str:
    """By Cochran (1954) and Armitage (1955): do failures go with the number of the week?"""
    runs = sum(week.ends.runs for week in weeks)
    if len(weeks) < _FEWEST_WEEKS or runs < _FEWEST_RUNS:
        return UNKNOWN
    failures = sum(week.ends.failures for week in weeks)
    ratio = failures / runs
    middle = sum(week.began_at * week.ends.runs for week in weeks) / runs
    gap = sum((week.began_at - middle) * (week.ends.failures - ratio * week.ends.runs) for week in weeks)
    spread = ratio * (1 - ratio) * sum(week.ends.runs * (week.began_at - middle) ** 2 for week in weeks)
    if spread <= 0:
        return STEADY
    z = gap / spread**0.5
    return RISING if z > _CERTAIN else FALLING if z < -_CERTAIN else STEADY
