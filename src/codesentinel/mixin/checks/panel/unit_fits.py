"""Whether the unit is that of the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.measures import measure_of
from codesentinel.mixin.checks.vocabulary import UNITS, UNITS_BY_KIND
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_PLAIN = frozenset("short sishort none string locale".split())
_FITTING = {
    "seconds": _PLAIN | {"s", "dtdurations", "clocks"},
    "bytes": _PLAIN | UNITS_BY_KIND["data"] - {"bits", "decbits"},
    "bytes per second": _PLAIN | {"Bps", "binBps"},
    "moment in seconds": _PLAIN | {"s"},
}
"""A date in Grafana counts milliseconds, so that a moment in seconds would be one of 1970."""


@dashboard_check(
    "panel/unit-fits", Level.ERROR, mend="set the unit of the values, or convert them in the query"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The unit is that of the metric: seconds are not shown as milliseconds, nor bytes as seconds."""
    del world
    for panel, target, parsed in dashboard.trees:
        measure = measure_of(parsed.tree) if parsed.tree is not None else ""
        unit = panel.unit
        if not measure or unit not in UNITS or panel.type in ("table", "heatmap"):
            continue
        if unit not in _FITTING[measure]:
            yield Fault(
                f"{panel.place}.fieldConfig.defaults.unit",
                f"shows {measure} in the unit {unit!r} (query {target.ref_id})",
            )
