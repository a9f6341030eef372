"""Whether links lose what the reader has chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/links", Level.WARNING, mend="set keepTime and includeVars to true")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Links between dashboards keep the time range and the variables."""
    del world
    for n, link in objects(dashboard.raw, "links"):
        if text(link, "type") != "dashboards":
            continue
        lost = [key for key in ("keepTime", "includeVars") if link.get(key) is not True]
        if lost:
            yield Fault(f"links[{n}]", f"has a link that loses {' and '.join(lost)}")
