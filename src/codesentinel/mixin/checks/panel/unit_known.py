"""Whether units are Grafana's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.fill import references
from codesentinel.mixin.checks.vocabulary import CUSTOM_UNITS, UNITS
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard, Panel


@dashboard_check(
    "panel/unit-known", Level.ERROR, mend="use an id of Grafana's list, or 'suffix:' and a word of your own"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every unit is one that Grafana knows; an unknown one is written behind the number as it stands."""
    del world
    for panel in dashboard.panels:
        for place, unit in _units(panel):
            if unit and unit not in UNITS and not unit.startswith(CUSTOM_UNITS) and not references(unit):
                yield Fault(place, f"has the unit {unit!r}, which Grafana does not know")


def _units(panel: Panel) -> Iterator[tuple[str, str]]:
    yield f"{panel.place}.fieldConfig.defaults.unit", panel.unit
    for axis in ("yAxis", "xAxis"):
        yield f"{panel.place}.options.{axis}.unit", text(panel.raw, "options", axis, "unit")
    for o, override in objects(panel.raw, "fieldConfig", "overrides"):
        for n, change in objects(override, "properties"):
            if change.get("id") == "unit":
                place = f"{panel.place}.fieldConfig.overrides[{o}].properties[{n}].value"
                yield place, text(change, "value")
