"""Whether panels are of a kind that Grafana has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.vocabulary import PANELS, REMOVED_PANELS
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/kind", Level.ERROR, mend="use a panel of today's Grafana")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel is of a type that Grafana ships; those with a name like a plugin's are left alone."""
    del world
    for panel in dashboard.panels:
        if not panel.type and "libraryPanel" not in panel.raw:
            yield Fault(f"{panel.place}.type", "has no type")
        elif panel.type in REMOVED_PANELS:
            yield Fault(
                f"{panel.place}.type",
                f"is of the type {panel.type!r}, which Grafana 12 no longer has",
                f"use {REMOVED_PANELS[panel.type]!r}",
            )
        elif (
            panel.type
            and panel.type not in PANELS
            and not panel.type.endswith(("-panel", "-app", "-datasource"))
        ):
            yield Fault(f"{panel.place}.type", f"is of the unknown type {panel.type!r}")
