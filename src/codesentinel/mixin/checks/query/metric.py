"""Whether metrics exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.promql import MADE_BY_RULES, metric_names
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "query/metric", Level.ERROR, needs_server=True, mend="mend the name, or scrape what exports it"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every metric that a query names is exported by somebody: the server knows at least one series of it."""
    if world.facts is None:
        return
    for _, target, parsed in dashboard.trees:
        for name in metric_names(parsed.tree):
            if name not in world.facts.metrics | MADE_BY_RULES and "placeholder" not in name:
                yield Fault(
                    f"{target.place}.expr", f"query {target.ref_id} reads {name}, which nobody exports"
                )
