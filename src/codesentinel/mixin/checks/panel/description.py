"""Whether panels explain themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("panel/description", Level.WARNING, mend="say what is shown, and what a bad value means")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel that shows data has a description: what it means, for whoever is paged at night."""
    del world
    for panel in dashboard.panels:
        if panel.shows_data and panel.type and not text(panel.raw, "description").strip():
            yield Fault(f"{panel.place}.description", "has no description")
