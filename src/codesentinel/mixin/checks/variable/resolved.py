"""Whether a server knows values for the variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "variable/resolved", Level.ERROR, needs_server=True, mend="mend its query, or export the metric it reads"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every variable has a value on the server: without one, all that refers to it is empty."""
    if world.facts is None:
        return
    values = world.facts.variables.get(dashboard.file, {})
    for variable in dashboard.variables:
        if variable.type in ("query", "custom", "interval") and not values.get(variable.name):
            yield Fault(f"{variable.place}.query", f"has no value: {variable.query} gives none")
