"""Whether values stand in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("variable/sort", Level.WARNING, mend="set sort to 1 (alphabetical) or another order")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The values of query variables are sorted: servers give them in no order."""
    del world
    for variable in dashboard.variables:
        if variable.type == "query" and not whole(variable.raw, "sort"):
            yield Fault(f"{variable.place}.sort", "is not sorted")
