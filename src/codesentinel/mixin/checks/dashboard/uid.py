"""Whether a dashboard has a name that links can hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dashboard_check(
    "dashboard/uid", Level.ERROR, mend="set a uid of at most 40 of A-Z a-z 0-9 _ - and never change it"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A dashboard has a fixed uid: links, bookmarks and provisioning hang on it."""
    del world
    if not dashboard.uid:
        yield Fault("uid", "has no uid, so that Grafana makes up another one on every machine")
    elif not _UID.fullmatch(dashboard.uid):
        yield Fault("uid", f"has the uid {dashboard.uid!r}, which Grafana does not take")
