"""Whether a dashboard opens on a time range that exists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_TIME = re.compile(r"now(?:[-+]\d+[smhdwMy])*(?:/[smhdwMyQ])?(?:[-+]\d+[smhdwMy])*|\d{4}-\d\d-\d\d.*|\d{13}")
_REFRESH = re.compile(r"\d+(?:ms|[smhd])")


@dashboard_check(
    "dashboard/time", Level.ERROR, mend='such as {"from": "now-6h", "to": "now"} and "refresh": "30s"'
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The time range and the refresh interval are such that Grafana understands them."""
    del world
    for end in ("from", "to"):
        value = text(dashboard.raw, "time", end)
        if not _TIME.fullmatch(value):
            said = f"{value!r}, which is no time" if value else "nothing"
            yield Fault(f"time.{end}", f"has a time range whose '{end}' is {said}")
    refresh = dashboard.raw.get("refresh")
    if isinstance(refresh, str) and refresh and not _REFRESH.fullmatch(refresh):
        yield Fault("refresh", f"is refreshed every {refresh!r}, which is no interval")
