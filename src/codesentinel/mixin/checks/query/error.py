"""Whether the server takes the queries."""

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
    "query/error",
    Level.ERROR,
    needs_server=True,
    mend="run the query by hand; the server says what it dislikes",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The server answers every query, with all variables and macros filled in."""
    for target, question, answer in answers(dashboard, world):
        if answer.error:
            yield Fault(
                f"{target.place}.expr", f"query {target.ref_id}: {answer.error} (asked: {question.query})"
            )
