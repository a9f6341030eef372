"""Whether routes lead to receivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, routing_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.routing import Routing


@routing_check("routes/receiver", Level.ERROR, mend="define the receiver, or mend its name")
def check(routing: Routing, world: World) -> Iterator[Fault]:
    """Every route leads to a receiver that exists."""
    del world
    for route in routing.root.everywhere:
        if not route.receiver:
            yield Fault(route.place, "leads to no receiver")
        elif route.receiver not in routing.receivers:
            yield Fault(route.place, f"leads to {route.receiver!r}, which is no receiver")
