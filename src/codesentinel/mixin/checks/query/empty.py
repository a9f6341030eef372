"""Whether panels show anything."""

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
    "query/empty",
    Level.ERROR,
    needs_server=True,
    mend="mend the selection; where nothing is right for now, list it with the reason as a suppression",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every query gives at least one value in the time range that the dashboard opens with."""
    for target, question, answer in answers(dashboard, world):
        if not answer.error and not answer.points:
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} gives nothing: {question.query}")
