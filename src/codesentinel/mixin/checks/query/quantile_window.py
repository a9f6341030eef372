"""Whether quantiles are of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.shapes import quantiles_of_totals
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("query/quantile-window", Level.ERROR, mend="take the rate of the buckets first")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """histogram_quantile gets rates of buckets: the buckets themselves count since the process began."""
    del world
    for _, target, parsed in dashboard.trees:
        for fault in quantiles_of_totals(parsed.tree):
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} {fault}")
