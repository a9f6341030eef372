"""Which version of the schema a dashboard claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_OLDEST, _NEWEST = 36, 42


@dashboard_check(
    "dashboard/schema-version",
    Level.ERROR,
    mend=f"set a schemaVersion from {_OLDEST} to {_NEWEST}; 39 is read by every Grafana since 10.3",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """SchemaVersion is one that today's Grafana reads without guessing: 36 to 42."""
    del world
    version = whole(dashboard.raw, "schemaVersion")
    if version is None:
        yield Fault("schemaVersion", "has no schemaVersion")
    elif not _OLDEST <= version <= _NEWEST:
        yield Fault("schemaVersion", f"has schemaVersion {version}")
