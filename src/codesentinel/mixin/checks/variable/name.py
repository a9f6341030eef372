"""Whether variables can be referred to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dashboard_check("variable/name", Level.ERROR, mend="use letters, digits and _, and each name once")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every variable has a name of its own that $name can hold; those with __ are Grafana's."""
    del world
    seen = set()
    for variable in dashboard.variables:
        name = variable.name
        if not _NAME.fullmatch(name) or name.startswith("__"):
            yield Fault(f"{variable.place}.name", f"has the name {name!r}, which $... cannot hold")
        elif name in seen:
            yield Fault(f"{variable.place}.name", f"has the name {name!r} a second time")
        seen.add(name)
