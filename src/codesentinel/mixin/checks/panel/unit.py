"""Whether values are shown with a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_VALUES = ("timeseries", "stat", "gauge", "bargauge", "barchart", "piechart", "heatmap", "histogram", "trend")


@dashboard_check("panel/unit", Level.WARNING, mend="set fieldConfig.defaults.unit: 'short' for a plain count")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel that shows numbers says what they are measured in."""
    del world
    for panel in dashboard.panels:
        in_axis = text(panel.raw, "options", "yAxis", "unit")  # where a heatmap has it
        if panel.type in _VALUES and panel.shows_data and not panel.unit and not in_axis:
            yield Fault(f"{panel.place}.fieldConfig.defaults.unit", "has no unit")
