"""Whether series can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_SERIES = ("timeseries", "barchart", "piechart", "trend", "state-timeline", "status-history")


@dashboard_check("query/legend", Level.WARNING, mend="set legendFormat to words and {{labels}}")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every series of a graph has a legend: without, each is named by all its labels in braces."""
    del world
    for panel, target in dashboard.queries:
        if panel.type in _SERIES and not text(target.raw, "legendFormat").strip():
            yield Fault(f"{target.place}.legendFormat", f"query {target.ref_id} has no legend")
