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
    return {name: call for module in _MODULES for name, call in getattr(module, kind, {}).items()}


CALLS: dict[str, dict[str, Callable[..., Any]]] = {"action": _calls("ACTIONS"), "probe": _calls("PROBES")}
