"""Whether variables follow the time range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_ON_TIME_RANGE = 2


@dashboard_check("variable/refresh", Level.WARNING, mend="set refresh to 2: on time range change")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Query variables are read again when the time range changes: what lives then is what can be chosen."""
    del world
    for variable in dashboard.variables:
        if variable.type == "query" and whole(variable.raw, "refresh") != _ON_TIME_RANGE:
            yield Fault(f"{variable.place}.refresh", f"is refreshed by rule {variable.raw.get('refresh')!r}")
