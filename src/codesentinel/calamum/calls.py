"""Everything that a scenario can call: actions and probes by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.calamum import actions, observation, pressure, probes, servers, terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CALLS: dict[str, dict[str, Callable[..., Any]]] = {
    "action": actions.ACTIONS | servers.ACTIONS | pressure.ACTIONS,
    "probe": probes.PROBES | servers.PROBES | terminal.PROBES | observation.PROBES,
}
