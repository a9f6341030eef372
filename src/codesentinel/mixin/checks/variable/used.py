"""Whether variables do anything."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import strings
from codesentinel.mixin.checks.fill import references
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("variable/used", Level.WARNING, mend="use the variable, or remove it")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every variable is used: a choice that changes nothing misleads. Ad hoc filters need no use."""
    del world
    used = defaultdict(set)
    for place, value in strings(dashboard.raw):
        for name in references(value):
            used[name].add(place)
        if place.endswith(".repeat"):
            used[value].add(place)
    for variable in dashboard.variables:
        elsewhere = [p for p in used[variable.name] if not p.startswith(f"{variable.place}.")]
        if variable.type != "adhoc" and not elsewhere:
            yield Fault(variable.place, f"is not used: ${variable.name} stands nowhere")
