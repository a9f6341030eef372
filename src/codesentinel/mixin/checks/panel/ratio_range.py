"""Whether ratios are drawn from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import mapping
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/ratio-range", Level.WARNING, mend="set min to 0")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Ratios and percentages are drawn from 0: a cut axis makes a ripple look like a flood."""
    del world
    for panel in dashboard.panels:
        low = mapping(panel.raw, "fieldConfig", "defaults").get("min")
        if panel.type in ("timeseries", "gauge", "bargauge", "barchart") and panel.unit in (
            "percent",
            "percentunit",
        ):
            place = f"{panel.place}.fieldConfig.defaults.min"
            if low is None:
                yield Fault(place, f"has the unit {panel.unit!r} and no min")
