"""Whether labels exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.shapes import label_names
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_BY_CHOICE = re.compile(r"\bplaceholder\b")


@dashboard_check("query/label", Level.ERROR, needs_server=True, mend="mend the name of the label")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every label that a query selects, groups or joins by is on some series of the server."""
    if world.facts is None or not world.facts.labels:
        return
    for _, target, parsed in dashboard.trees:
        for name in label_names(parsed.tree):
            if name not in world.facts.labels and not _BY_CHOICE.search(name):
                yield Fault(
                    f"{target.place}.expr",
                    f"query {target.ref_id} names the label {name!r}, which no series has",
                )
