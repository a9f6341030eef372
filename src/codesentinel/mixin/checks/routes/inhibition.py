"""Whether one alert cannot silence everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, routing_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.routing import Routing


@routing_check(
    "routes/inhibition", Level.ERROR, mend="add the labels that make the two the same trouble to 'equal'"
)
def check(routing: Routing, world: World) -> Iterator[Fault]:
    """Every inhibition demands equal labels: without, one alert silences all its targets everywhere."""
    del world
    for place, _, equal in routing.inhibitions:
        if not equal:
            yield Fault(place, "silences its targets wherever its source fires")
