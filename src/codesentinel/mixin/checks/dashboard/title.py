"""Whether a dashboard can be told from its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "dashboard/title", Level.ERROR, mend="give it a title that no other dashboard of its folder has"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A dashboard has a title, and in its folder nobody else has it."""
    if not dashboard.title.strip():
        yield Fault("title", "has no title")
        return
    others = [f for f in world.titles[dashboard.folder, dashboard.title] if f != dashboard.file]
    if others:
        yield Fault("title", f"has the title {dashboard.title!r} of {others[0]}")
