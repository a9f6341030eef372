"""Whether a dashboard is found among many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import items
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/tags", Level.WARNING, mend="add at least one tag")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A dashboard has tags: searching and linking by tag need them."""
    del world
    if not [tag for tag in items(dashboard.raw, "tags") if isinstance(tag, str) and tag.strip()]:
        yield Fault("tags", "has no tags")
