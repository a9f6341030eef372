"""Whether a uid stands in one file only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/uid-unique", Level.ERROR, mend="give each dashboard a uid of its own")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """No two files have the same uid: Grafana then stops writing all dashboards of the provider."""
    others = [file for file in world.uids[dashboard.uid] if file != dashboard.file]
    if dashboard.uid and others:
        yield Fault("uid", f"has the uid {dashboard.uid!r} of {others[0]}")
