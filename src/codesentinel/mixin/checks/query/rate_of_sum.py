"""Whether rates are taken before sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.shapes import rates_of_aggregates
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("query/rate-of-sum", Level.ERROR, mend="turn it round: sum(rate(...))")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Rates are summed, sums are not rated: a counter that restarts would look like a leap of all of them."""
    del world
    for _, target, parsed in dashboard.trees:
        for fault in rates_of_aggregates(parsed.tree):
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} {fault}")
