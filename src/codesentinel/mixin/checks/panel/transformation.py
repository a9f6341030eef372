"""Whether transformations exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.vocabulary import TRANSFORMATIONS
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/transformation", Level.ERROR, mend="use one of Grafana's, such as organize, merge or joinByField"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every transformation is one that Grafana has."""
    del world
    for panel in dashboard.panels:
        for n, step in objects(panel.raw, "transformations"):
            name = text(step, "id")
            if name not in TRANSFORMATIONS:
                yield Fault(f"{panel.place}.transformations[{n}].id", f"has the transformation {name!r}")
