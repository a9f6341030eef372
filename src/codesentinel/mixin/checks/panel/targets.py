"""Whether panels ask for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/targets", Level.ERROR, mend="add a query, or remove the panel")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel that shows data has a query, and no query is empty."""
    del world
    for panel in dashboard.panels:
        if not panel.shows_data or not panel.type:
            continue
        if not panel.targets:
            yield Fault(f"{panel.place}.targets", "has no query")
        for target in panel.targets:
            if target.is_promql and not target.expr.strip():
                yield Fault(f"{target.place}.expr", "has an empty query")
