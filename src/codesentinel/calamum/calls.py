"""Everything that a scenario can call: actions and probes by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.calamum import (
    actions,
    broken_disk,
    children,
    clock,
    false_server,
    flood,
    hostile,
    network,
    observation,
    pressure,
    probes,
    release,
    requests,
    servers,
    spoiling,
    terminal,
    trace,
    traffic,
    writers,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MODULES = (
    *(actions, broken_disk, children, clock, false_server, flood, hostile, network, observation, pressure),
    *(probes, release, requests, servers, spoiling, terminal, trace, traffic, writers),
)


def _calls(kind: str) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in _MODULES:
        own = getattr(module, kind, {})
        if twice := sorted(found.keys() & own.keys()):
            raise ValueError(f"two modules call something {twice[0]}")
        found |= own
    return found


CALLS: dict[str, dict[str, Callable[..., Any]]] = {"action": _calls("ACTIONS"), "probe": _calls("PROBES")}
