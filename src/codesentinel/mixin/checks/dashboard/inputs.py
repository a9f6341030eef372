"""Whether a dashboard asks questions that only an import by hand answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import strings
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_INPUT = re.compile(r"\$\{(DS_[A-Za-z0-9_-]+|VAR_[A-Za-z0-9_-]+)\}")


@dashboard_check(
    "dashboard/inputs",
    Level.ERROR,
    mend="export without 'for sharing externally', and refer to a data source variable",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """There is no __inputs and no ${DS_...}: provisioning from files does not fill them in."""
    del world
    for key in ("__inputs", "__requires"):
        if dashboard.raw.get(key):
            yield Fault(key, f"has {key}, which only the import by hand reads")
    own = {variable.name for variable in dashboard.variables}
    for place, value in sorted(strings(dashboard.raw)):
        match = _INPUT.search(value)
        if match and match[1] not in own and not place.startswith("__"):
            yield Fault(place, f"refers to the input {match[0]}")
