"""Whether values are summed up in a way that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import items
from codesentinel.mixin.checks.vocabulary import REDUCERS
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/reducer", Level.ERROR, mend="use one of Grafana's, such as lastNotNull, mean, max or p95"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every calculation of a panel or a legend is one that Grafana knows."""
    del world
    for panel in dashboard.panels:
        for where in ("reduceOptions", "legend", "footer"):
            calcs = items(panel.raw, "options", where, "calcs")
            for name in [*calcs, *items(panel.raw, "options", where, "reducer")]:
                if isinstance(name, str) and name not in REDUCERS:
                    yield Fault(f"{panel.place}.options.{where}", f"asks for the calculation {name!r}")
