"""Whether panels fit into the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_WIDTH = 24


@dashboard_check(
    "panel/grid", Level.ERROR, mend="set gridPos {x, y, w, h} in whole numbers, with x + w at most 24"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel has a place in the grid, which is 24 wide."""
    del world
    for panel in dashboard.panels:
        if panel.place.startswith("rows["):
            continue
        x, y, w, h = (whole(panel.raw, "gridPos", side) for side in "xywh")
        if x is None or y is None or w is None or h is None:
            yield Fault(f"{panel.place}.gridPos", "has no whole gridPos")
        elif x < 0 or y < 0 or w < 1 or h < 1 or x + w > _WIDTH:
            yield Fault(f"{panel.place}.gridPos", f"reaches out of the grid: x {x}, y {y}, w {w}, h {h}")
