"""One run of the stack: its supervisor, its state file, and what the log keeps of it."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from codesentinel.act.child import run_through
from codesentinel.act.services import Supervisor
from codesentinel.act.single import start_ticks
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.service import ServiceState, StackState
from codesentinel.operations.endpoints import endpoints, stack_state_file
from codesentinel.store.stack_state import (
    last_seen,
    read_stack_state,
    touch_stack_state,
    write_stack_state,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.model.service import Service
    from codesentinel.operations.base import Context

FIRST_SCRAPE_SECONDS = 20.0
_HOLD_SAMPLES = ("prometheus", "victoria-metrics")
_BEFORE_SECONDS = 30.0  # VictoriaMetrics keeps samples in memory for a few seconds
_AFTER_SECONDS = 10.0
_REFILL_SECONDS = 60.0
_SIGN_SECONDS = 5.0


class StackRun:
    """Runs the services until told to stop, and keeps everybody else informed."""

    def __init__(self, context: Context, services: Sequence[Service], port_offset: int) -> None:
        self._context = context
        self._started_at = time.time()
        self._ready = False
        self._port_offset = port_offset
        self._services = services
        self._crashed_at = _crashed_at(context)
        self._last_sign = 0.0
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
            self._supervisor.watch(lambda: stopping() or time.monotonic() > deadline or self._all_scraped())
            if not stopping():
                if self._crashed_at:
                    self._refill(self._crashed_at)
                self._ready = True
                self._record()
                self._log("started", {"services": {s.name: s.url for s in self._services}})
                on_ready(self.state)
            self._supervisor.watch(lambda: self._told_to_stop(stopping))
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
        """Write the state; a disk that takes nothing must not end what watches it."""
        try:
            write_stack_state(stack_state_file(self._context), self.state)
        except OSError as exc:
            self._context.tell(f"warning: the state of the stack could not be written: {exc.strerror}")

    def _restarted(self, service: ServiceState) -> None:
        self._context.tell(f"{service.name} was restarted: {service.last_exit}")
        self._log(
            "restarted",
            {"service": service.name, "last_exit": service.last_exit, "restarts": service.restarts},
        )
        if service.name in _HOLD_SAMPLES:
            self._refill(service.last_exit_at or time.time())

    def _refill(self, moment: float) -> None:
        """Copy into the long history what a crash at ``moment`` took from it, in a process of its own."""
        urls = {s.name: s.url for s in self._services}
        words = [
            *("--until", str(moment + _AFTER_SECONDS), "--window", f"{_BEFORE_SECONDS + _AFTER_SECONDS:g}s"),
            *("--from", urls["prometheus"] or "", "--to", urls["victoria-metrics"] or ""),
        ]
        command = self._context.command("metrics", "refill", *words)
        log = self._context.state_dir / "logs" / "refill.log"
        if run_through(command, os.environ, timeout_seconds=_REFILL_SECONDS, log=log) != 0:
            self._context.tell(f"the long history may lack some samples; see {self._context.relative(log)}")

    def _told_to_stop(self, stopping: Callable[[], bool]) -> bool:
        """Ask; and now and then leave a sign of life, from which a crash can be dated later."""
        if time.monotonic() - self._last_sign > _SIGN_SECONDS:
            self._last_sign = time.monotonic()
            with contextlib.suppress(OSError):
                touch_stack_state(stack_state_file(self._context))
        return stopping()

    def _log(self, action: str, metadata: dict[str, object]) -> None:
        self._context.memory.log_domain_activity("stack", {"action": action, "metadata": metadata})


def _crashed_at(context: Context) -> float | None:
    """When the stack that ran here before us was cut off; None where it was stopped in order."""
    file = stack_state_file(context)
    before = read_stack_state(file)
    cut_off = before is not None and any(service.state != "stopped" for service in before.services)
    return last_seen(file) if cut_off else None
