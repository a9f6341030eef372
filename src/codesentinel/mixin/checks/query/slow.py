"""Whether queries are answered while somebody waits."""

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
    "query/slow", Level.WARNING, needs_server=True, mend="read a recording rule instead, or select less"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every query is answered within a second (or what --slow says)."""
    for target, _, answer in answers(dashboard, world):
        if not answer.error and answer.seconds > world.wishes.slow_seconds:
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} took {answer.seconds:.1f} s")
