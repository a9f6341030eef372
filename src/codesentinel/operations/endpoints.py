"""Which servers a verb talks to: the ones set, else the stack that runs here, else its usual ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.service import PORTS
from codesentinel.store.stack_state import read_stack_state

if TYPE_CHECKING:
    from pathlib import Path

    from codesentinel.operations.base import Context


class Endpoints(NamedTuple):
    """Base URLs, without a trailing slash."""

    prometheus: str
    history: str
    alertmanager: str
    pushgateway: str


def endpoints(context: Context) -> Endpoints:
    """The servers of this workspace."""
    state = read_stack_state(stack_state_file(context))
    offset = state.port_offset if state else context.settings.stack.port_offset
    sources = context.settings.sources

    def url(setting: str, service: str) -> str:
        return setting.rstrip("/") or f"http://127.0.0.1:{PORTS[service] + offset}"

    prometheus = url(sources.prometheus_url, "prometheus")
    own_history = not sources.prometheus_url or sources.history_url
    return Endpoints(
        prometheus=prometheus,
        history=url(sources.history_url, "victoria-metrics") if own_history else prometheus,
        alertmanager=url(sources.alertmanager_url, "alertmanager"),
        pushgateway=url(sources.pushgateway_url, "pushgateway"),
    )


def has_pushgateway(context: Context) -> bool:
    """Whether one is set, or runs in the stack of this workspace."""
    return bool(context.settings.sources.pushgateway_url) or stack_state_file(context).exists()


def stack_state_file(context: Context) -> Path:
    """Where the supervisor of this workspace keeps its state."""
    return context.state_dir / "stack" / "state.json"
