"""Whether big numbers say when they are bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import items, text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/thresholds", Level.WARNING, mend="set thresholds, or a fixed colour where no value is bad"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Stat and gauge panels have thresholds, or a fixed colour: a number alone says not whether it is bad."""
    del world
    for panel in dashboard.panels:
        if panel.type not in ("stat", "gauge", "bargauge") or not panel.shows_data:
            continue
        steps = items(panel.raw, "fieldConfig", "defaults", "thresholds", "steps")
        mode = text(panel.raw, "fieldConfig", "defaults", "color", "mode")
        mapped = items(panel.raw, "fieldConfig", "defaults", "mappings")
        if not steps and mode in ("", "thresholds") and not mapped:
            yield Fault(f"{panel.place}.fieldConfig.defaults.thresholds", "has no thresholds")
