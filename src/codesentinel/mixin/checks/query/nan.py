"""Whether values are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.answers import answers
from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "query/nan",
    Level.ERROR,
    needs_server=True,
    mend="guard the division: ... / (x > 0), or add 'or vector(0)'",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """At least one value of every query is a number: NaN alone, as of 0/0, is drawn as nothing."""
    for target, question, answer in answers(dashboard, world):
        if answer.points and not answer.numbers:
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} gives NaN alone: {question.query}")
