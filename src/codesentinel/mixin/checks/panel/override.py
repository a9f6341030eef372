"""Whether overrides change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.vocabulary import PROPERTIES
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/override", Level.ERROR, mend="use a property of Grafana's, or one that begins with 'custom.'"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every override sets at least one property, and Grafana has each of them."""
    del world
    for panel in dashboard.panels:
        for n, override in objects(panel.raw, "fieldConfig", "overrides"):
            place = f"{panel.place}.fieldConfig.overrides[{n}].properties"
            names = [text(change, "id") for _, change in objects(override, "properties")]
            if not names:
                yield Fault(place, "has an override that sets nothing", "remove it")
            for name in names:
                if name not in PROPERTIES and not name.startswith("custom."):
                    yield Fault(place, f"has an override that sets {name!r}, which Grafana does not have")
