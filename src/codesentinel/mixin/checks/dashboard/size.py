"""Whether a dashboard can be taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_MOST = 30


@dashboard_check("dashboard/size", Level.WARNING, mend=f"divide it: at most {_MOST} panels, linked by tag")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A dashboard has at most 30 panels: each is a query or more, and nobody looks at more."""
    del world
    count = sum(not panel.is_row for panel in dashboard.panels)
    if count > _MOST:
        yield Fault("panels", f"has {count} panels")
    if not count:
        yield Fault("panels", "has no panel", "add one, or remove the file")
