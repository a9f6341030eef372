"""Whether changes made in the browser would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/editable", Level.WARNING, mend="set editable to false")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A dashboard kept as code is not editable: the file overwrites whatever is saved in the browser."""
    del world
    if dashboard.raw.get("editable") is not False:
        yield Fault("editable", "is editable, though its file overwrites every change")
