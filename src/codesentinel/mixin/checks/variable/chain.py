"""Whether variables come in an order in which they can be resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fill import references
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("variable/chain", Level.ERROR, mend="put the variable that is referred to first")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A variable refers only to those before it: the others have no value yet."""
    del world
    names = [variable.name for variable in dashboard.variables]
    for number, variable in enumerate(dashboard.variables):
        for name in sorted(references(variable.query) & set(names[number:])):
            said = "itself" if name == variable.name else f"${name}, which comes after it"
            yield Fault(f"{variable.place}.query", f"refers to {said}")
