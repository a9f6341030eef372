"""Everything that a scenario can call: actions and probes by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.calamum import (
    actions,
    broken_disk,
    children,
    clock,
    false_server,
    hostile,
    observation,
    pressure,
    probes,
    release,
    servers,
    terminal,
    trace,
    traffic,
    writers,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ACTING = (
    actions,
    broken_disk,
    children,
    clock,
    false_server,
    hostile,
    pressure,
    release,
    servers,
    traffic,
    writers,
)
_ASKING = (children, false_server, observation, probes, release, servers, terminal, trace, traffic, writers)

CALLS: dict[str, dict[str, Callable[..., Any]]] = {
    "action": {name: call for module in _ACTING for name, call in module.ACTIONS.items()},
    "probe": {name: call for module in _ASKING for name, call in module.PROBES.items()},
}
