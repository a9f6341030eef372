"""Whether what is referred to exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import strings
from codesentinel.mixin.checks.fill import references
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_SPEAKING = (
    "expr",
    "title",
    "repeat",
    "legendFormat",
    "query",
    "url",
    "uid",
    "unit",
    "interval",
    "definition",
)


@dashboard_check("variable/defined", Level.ERROR, mend="define the variable, or mend its name")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every variable that a query, a title, a link or another variable refers to is defined."""
    del world
    known = {variable.name for variable in dashboard.variables} | {"timeFilter", "interval"}
    for place, value in sorted(strings(dashboard.raw)):
        key = place.rpartition(".")[2].partition("[")[0]
        if key in _SPEAKING and not place.startswith("__"):
            for name in sorted(references(value) - known):
                yield Fault(place, f"refers to ${name}, which is not defined")
