"""Whether routes and inhibitions name alerts that exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, routing_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.routing import Routing


@routing_check("routes/alert-name", Level.ERROR, mend="mend the name, or remove the matcher")
def check(routing: Routing, world: World) -> Iterator[Fault]:
    """Every alertname that a route or an inhibition asks for is an alert of the rules checked with it."""
    if not world.alerts:
        return
    asked = [(route.place, route.matchers) for route in routing.root.everywhere]
    asked += [(place, matchers_) for place, matchers_, _ in routing.inhibitions]
    for place, conditions in asked:
        for matcher in conditions:
            if matcher.label != "alertname" or matcher.operator not in ("=", "=~"):
                continue
            for part in (
                matcher.value.split("|") if re.fullmatch(r"[\w|]+", matcher.value) else [matcher.value]
            ):
                wanted = matcher._replace(value=part)
                if part and not any(wanted.accepts(name) for name in world.alerts):
                    yield Fault(place, f"asks for the alert {part!r}, which no rule raises")
