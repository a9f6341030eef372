"""Whether "All" means all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("variable/all-value", Level.WARNING, mend='set allValue to ".*"')
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """'All' of a query variable is '.*': a list of all values grows, and '.+' hides what has none."""
    del world
    for variable in dashboard.variables:
        if variable.type == "query" and variable.raw.get("includeAll"):
            value = text(variable.raw, "allValue")
            if value != ".*":
                said = f"{value!r}" if value else "a list of all values"
                yield Fault(f"{variable.place}.allValue", f"sends {said} for 'All'")
