"""Which of Grafana's formats the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "dashboard/model",
    Level.ERROR,
    mend="export the dashboard itself, in the classic format (v1, with 'panels')",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A file holds one dashboard of the classic model, bare: nothing else is provisioned everywhere."""
    del world
    version = text(dashboard.envelope, "apiVersion")
    if version:
        yield Fault("", f"is a resource of {version}, which provisioning from files does not take everywhere")
    elif dashboard.envelope:
        yield Fault("", "is wrapped in 'dashboard', as Grafana's API answers; provisioning wants it bare")
    if "elements" in dashboard.raw or "layout" in dashboard.raw:
        yield Fault("layout", "has the layout of the v2 model")
    if "rows" in dashboard.raw:
        yield Fault("rows", "has rows of the kind before Grafana 5", "open and save it in Grafana once")
    if not isinstance(dashboard.raw.get("panels"), list) and "rows" not in dashboard.raw:
        yield Fault("panels", "has no list of panels")
