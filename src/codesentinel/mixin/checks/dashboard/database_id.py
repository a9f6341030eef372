"""Whether a dashboard carries the number of one database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/database-id", Level.ERROR, mend="set id to null, or leave it out")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The id is null: it numbers a row in one Grafana's database, and means another one elsewhere."""
    del world
    if dashboard.raw.get("id") is not None:
        yield Fault("id", f"has the id {dashboard.raw['id']!r}")
