"""Services of the local stack: what is to run, and how it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Service:
    """One server program: how it is started, and how it shows that it is ready.

    ``ready_path`` is asked over HTTP on ``port`` until it answers 200; a service without a port counts
    as ready once it lives.
    """

    name: str
    argv: tuple[str, ...]
    port: int | None = None
    ready_path: str = "/-/ready"
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    stop_grace_seconds: float = 10.0

    @property
    def url(self) -> str | None:
        """Where it answers."""
        return None if self.port is None else f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How one service runs: ``state`` is starting, ready, waiting (to be restarted) or stopped."""

    name: str
    state: str
    pid: int | None = None
    port: int | None = None
    url: str | None = None
    started_at: float | None = None
    restarts: int = 0
    last_exit: str | None = None
    last_exit_at: float | None = None


@dataclass(frozen=True, slots=True)
class StackState:
    """How the stack of a workspace runs. ``start_ticks`` tells the supervisor from a reused pid."""

    supervisor_pid: int
    start_ticks: int
    started_at: float
    ready: bool
    port_offset: int
    services: tuple[ServiceState, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> StackState:
        """From the JSON of the state file; unknown fields are left for later versions."""
        own = {name: document[name] for name in cls.__dataclass_fields__ if name != "services"}
        known = ServiceState.__dataclass_fields__
        services = tuple(
            ServiceState(**{key: value for key, value in row.items() if key in known})
            for row in document["services"]
        )
        return cls(services=services, **own)

    def service(self, name: str) -> ServiceState | None:
        """The state of one service."""
        return next((s for s in self.services if s.name == name), None)


PORTS: Mapping[str, int] = {
    "prometheus": 9090,
    "alertmanager": 9093,
    "pushgateway": 9091,
    "node-exporter": 9100,
    "victoria-metrics": 8428,
    "viewer": 8700,
    "codesentinel": 8701,
    "telemetry": 4318,
    "shop": 8710,
}
"""Where each service listens on 127.0.0.1, before the offset."""
