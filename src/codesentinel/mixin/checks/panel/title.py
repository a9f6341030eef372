"""Whether panels say what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/title", Level.WARNING, mend="give it a title")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel has a title; text panels may do without."""
    del world
    for panel in dashboard.panels:
        if not panel.title.strip() and panel.type not in ("text", ""):
            yield Fault(f"{panel.place}.title", "has no title")
