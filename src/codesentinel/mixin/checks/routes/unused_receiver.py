"""Whether receivers are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, routing_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.routing import Routing


@routing_check("routes/unused-receiver", Level.WARNING, mend="route something to it, or remove it")
def check(routing: Routing, world: World) -> Iterator[Fault]:
    """Every receiver is reached by some route."""
    del world
    reached = {route.receiver for route in routing.root.everywhere}
    for name, place in routing.receivers.items():
        if name not in reached:
            yield Fault(place, f"defines {name!r}, to which no route leads")
