"""Whether panels can be linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/number", Level.ERROR, mend="number all panels and rows, each with an id of its own above 0"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel has an id above 0 that no other has: links and repetitions go by it."""
    del world
    seen: dict[int, str] = {}
    for panel in dashboard.panels:
        number = whole(panel.raw, "id")
        if number is None or number <= 0:
            yield Fault(f"{panel.place}.id", "has no id above 0")
        elif number in seen:
            yield Fault(f"{panel.place}.id", f"has the id {number} of {seen[number]}")
        else:
            seen[number] = panel.place
