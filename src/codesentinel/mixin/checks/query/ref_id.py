"""Whether queries of a panel can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("query/ref-id", Level.ERROR, mend="give each query of a panel a letter of its own")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every query has a refId that no other of its panel has: Grafana keeps one result a refId."""
    del world
    for panel in dashboard.panels:
        seen = set()
        for target in panel.targets:
            if not target.ref_id:
                yield Fault(f"{target.place}.refId", "has a query without a refId")
            elif target.ref_id in seen:
                yield Fault(f"{target.place}.refId", f"has two queries of the refId {target.ref_id!r}")
            seen.add(target.ref_id)
