"""Whether the first glance says how things are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_FIRST = 6
_SUMMARIES = ("stat", "gauge", "bargauge", "table", "state-timeline", "status-history", "alertlist", "text")


@dashboard_check(
    "dashboard/summary", Level.WARNING, mend="begin with stat panels: what is wrong now, in one line"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """One of the first six panels says how things are now, before the graphs say how they came to be so."""
    del world
    panels = [panel for panel in dashboard.panels if not panel.is_row]
    first = sorted(
        panels, key=lambda p: (whole(p.raw, "gridPos", "y") or 0, whole(p.raw, "gridPos", "x") or 0)
    )
    if len(panels) >= _FIRST and not any(p.type in _SUMMARIES or not p.type for p in first[:_FIRST]):
        yield Fault("panels", f"begins with {_FIRST} graphs")
