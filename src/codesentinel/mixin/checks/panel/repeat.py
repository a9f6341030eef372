"""Whether repeated panels repeat over something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/repeat", Level.ERROR, mend="repeat over a variable that can hold several values")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A panel or row repeats over a variable that exists and can hold more values than one."""
    del world
    known = {variable.name: variable for variable in dashboard.variables}
    for panel in dashboard.panels:
        name = text(panel.raw, "repeat")
        if name and name not in known:
            yield Fault(f"{panel.place}.repeat", f"repeats over ${name}, which does not exist")
        elif name and not known[name].is_many:
            yield Fault(f"{panel.place}.repeat", f"repeats over ${name}, which holds one value")
