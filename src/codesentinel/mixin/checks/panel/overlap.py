"""Whether panels lie on one another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import whole
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard, Panel


@dashboard_check("panel/overlap", Level.ERROR, mend="move one of the two")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """No two panels of one row or dashboard overlap: Grafana would move one of them."""
    del world
    laid: dict[str, list[tuple[Panel, tuple[int, int, int, int]]]] = defaultdict(list)
    for panel in dashboard.panels:
        x, y, w, h = (whole(panel.raw, "gridPos", side) for side in "xywh")
        if x is None or y is None or w is None or h is None:
            continue
        for other, (ox, oy, ow, oh) in laid[panel.container]:
            if x < ox + ow and ox < x + w and y < oy + oh and oy < y + h:
                yield Fault(f"{panel.place}.gridPos", f"lies on {other.title or other.place!r}")
        laid[panel.container].append((panel, (x, y, w, h)))
