"""Whether queries are PromQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "query/parse", Level.ERROR, mend="mend the query; promtool and Grafana's editor name the place"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every query parses and its types fit, whatever its variables hold."""
    del world
    for _, target, parsed in dashboard.trees:
        if parsed.error:
            yield Fault(f"{target.place}.expr", f"query {target.ref_id}: {parsed.error}")
