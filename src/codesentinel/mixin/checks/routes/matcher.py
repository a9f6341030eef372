"""Whether conditions can be fulfilled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, routing_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.routing import Routing


@routing_check("routes/matcher", Level.ERROR, mend="mend the pattern")
def check(routing: Routing, world: World) -> Iterator[Fault]:
    """Every pattern of a route or an inhibition is one: Alertmanager refuses the file otherwise."""
    del world
    asked = [(route.place, route.matchers) for route in routing.root.everywhere]
    asked += [(place, conditions) for place, conditions, _ in routing.inhibitions]
    for place, conditions in asked:
        for matcher in conditions:
            try:
                re.compile(matcher.value if matcher.operator in ("=~", "!~") else "")
            except (re.error, OverflowError, RecursionError):
                yield Fault(place, f"matches {matcher.label} by {matcher.value!r}, which is no pattern")
