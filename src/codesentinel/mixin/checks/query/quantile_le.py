"""Whether quantiles are of histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.shapes import quantiles_without_le
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "query/quantile-le", Level.ERROR, mend="keep le: sum by (le, ...) (rate(..._bucket[$__rate_interval]))"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """histogram_quantile gets series with the label le: without it there is nothing to take a quantile of."""
    del world
    for _, target, parsed in dashboard.trees:
        for fault in quantiles_without_le(parsed.tree):
            yield Fault(f"{target.place}.expr", f"query {target.ref_id} {fault}")
