"""One run of the stack: its supervisor, its state file, and what the log keeps of it."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from codesentinel.act.services import Supervisor
from codesentinel.act.single import start_ticks
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.service import ServiceState, StackState
from codesentinel.operations.endpoints import endpoints, stack_state_file
from codesentinel.store.stack_state import write_stack_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.model.service import Service
    from codesentinel.operations.base import Context

FIRST_SCRAPE_SECONDS = 20.0


class StackRun:
    """Runs the services until told to stop, and keeps everybody else informed."""

    def __init__(self, context: Context, services: Sequence[Service], port_offset: int) -> None:
        self._context = context
        self._started_at = time.time()
        self._ready = False
        self._port_offset = port_offset
        self._services = services
        self._supervisor = Supervisor(
            services,
            logs=context.state_dir / "logs",
            ready_timeout_seconds=context.settings.stack.ready_timeout_seconds,
            on_change=self._record,
            on_restart=self._restarted,
        )

    @property
    def state(self) -> StackState:
        """As it is now."""
        return StackState(
            supervisor_pid=os.getpid(),
            start_ticks=start_ticks(os.getpid()) or 0,
            started_at=self._started_at,
            ready=self._ready,
            port_offset=self._port_offset,
            services=self._supervisor.states,
        )

    def until(self, stopping: Callable[[], bool], on_ready: Callable[[StackState], None]) -> StackState:
        """Start, tell ``on_ready`` once every target was scraped, watch until ``stopping()``, end everything.

        The state as it was before the end.

        Raises:
            Failed: a server did not start.
        """
        try:
            self._supervisor.start(stopping)
            self._context.tell("waiting for the first scrape of every target")
            deadline = time.monotonic() + FIRST_SCRAPE_SECONDS
            self._supervisor.watch(
                lambda: stopping() or time.monotonic() > deadline or self._all_scraped()
            )
            if not stopping():
                self._ready = True
                self._record()
                self._log("started", {"services": {s.name: s.url for s in self._services}})
                on_ready(self.state)
            self._supervisor.watch(stopping)
        finally:
            ran = self.state
            self._ready = False
            self._supervisor.stop()
            self._log("stopped", {"after_seconds": round(time.time() - self._started_at, 3)})
        return ran

    def _all_scraped(self) -> bool:
        from codesentinel.capture.prometheus import PrometheusClient

        with contextlib.suppress(CodesentinelError):
            client = PrometheusClient(endpoints(self._context).prometheus, timeout_seconds=1.0)
            targets = client.targets()
            return bool(targets) and all(target.health == "up" for target in targets)
        return False

    def _record(self) -> None:
        write_stack_state(stack_state_file(self._context), self.state)

    def _restarted(self, service: ServiceState) -> None:
        self._context.tell(f"{service.name} was restarted: {service.last_exit}")
        self._log(
            "restarted",
            {"service": service.name, "last_exit": service.last_exit, "restarts": service.restarts},
        )

    def _log(self, action: str, metadata: dict[str, object]) -> None:
        self._context.memory.log_domain_activity("stack", {"action": action, "metadata": metadata})
