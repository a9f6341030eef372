"""Counting how runs ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.procedure_health import Ends
from codesentinel.model.procedure_runs import OPEN
from codesentinel.model.satellites import ABORTED, FAILURE
from codesentinel.stats.proportion import proportion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.model.procedure_runs import ArmCount, WeekCount


def ends_of(counts: Iterable[ArmCount | WeekCount]) -> Ends:
    """Of all that ended; those that are open are in no ratio."""
    runs = failures = aborted = 0
    for one in counts:
        runs += one.runs if one.status != OPEN else 0
        failures += one.runs if one.status == FAILURE else 0
        aborted += one.runs if one.status == ABORTED else 0
    return Ends(runs, failures, aborted, proportion(failures, runs), proportion(aborted, runs))
