"""Whether counters are treated as counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.shapes import counters_misused
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "query/counter",
    Level.ERROR,
    needs_server=True,
    mend="rate() and increase() for counters, delta() and deriv() for gauges",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Rates are of counters and differences of gauges, by the types that the exporters declare."""
    if world.facts is None:
        return
    for _, target, parsed in dashboard.trees:
        for fault in counters_misused(parsed.tree, dict(world.facts.types)):
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} {fault}")
