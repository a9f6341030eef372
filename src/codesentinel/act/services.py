"""The supervisor: starts services, waits until they are ready, restarts what dies, stops in reverse order.

It runs in one thread and sleeps between looks, so that a restart may fork safely. It knows nothing of
what the services are; whoever builds it is told of every change by callbacks.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from codesentinel.act.child import answers, exit_words, spawn
from codesentinel.model.errors import Failed
from codesentinel.model.service import ServiceState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codesentinel.model.service import Service

LOOK_SECONDS = 0.05
_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_LOG_TAIL_BYTES = 4096


class Supervisor:
    """Runs ``services`` in their order.

    Args:
        services: in the order in which they start; they stop in reverse.
        logs: folder for ``<service>.log``.
        ready_timeout_seconds: how long all of them together may take to become ready.
        on_change: called whenever a service's state changed.
        on_restart: called with the service once it is ready again after it died.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        logs: Path,
        ready_timeout_seconds: float,
        on_change: Callable[[], None] = lambda: None,
        on_restart: Callable[[ServiceState], None] = lambda _: None,
    ) -> None:
        self._running = [_Running(service, logs / f"{service.name}.log") for service in services]
        self._ready_timeout_seconds = ready_timeout_seconds
        self._on_change = on_change
        self._on_restart = on_restart

    @property
    def states(self) -> tuple[ServiceState, ...]:
        """How each service runs, in order."""
        return tuple(running.state for running in self._running)

    def start(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Start every service and return when all are ready, or when ``stopping`` says so.

        Raises:
            Failed: one ended or did not become ready in time; nothing is left running.
        """
        try:
            for running in self._running:
                running.start()
            self._on_change()
            deadline = time.monotonic() + self._ready_timeout_seconds
            while not stopping() and not self._all_ready(deadline):
                time.sleep(LOOK_SECONDS)
        except BaseException:
            self.stop()
            raise
        self._on_change()

    def watch(self, done: Callable[[], bool]) -> None:
        """Restart whatever dies, with growing delays, until ``done()``."""
        while not done():
            for running in self._running:
                before = running.state
                running.look()
                if running.state != before:
                    self._on_change()
                    if running.state.state == "ready" and running.state.restarts:
                        self._on_restart(running.state)
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """SIGTERM in reverse order, SIGKILL after each one's grace; nothing is left running."""
        for running in reversed(self._running):
            running.stop()
        self._on_change()

    def _all_ready(self, deadline: float) -> bool:
        for running in self._running:
            if running.ended():
                raise Failed(
                    f"{running.service.name} did not start: {running.state.last_exit}; "
                    f"it said: {running.last_words()}",
                    hint=f"its log is {running.log}",
                )
            running.look()
        waiting = [r.service.name for r in self._running if r.state.state != "ready"]
        if waiting and time.monotonic() > deadline:
            raise Failed(
                f"not ready after {self._ready_timeout_seconds:g} s: {', '.join(waiting)}",
                hint="raise stack.ready_timeout_seconds, or look into the logs below .codesentinel/logs",
            )
        return not waiting


class _Running:
    """One service and the process that runs it at the moment."""

    def __init__(self, service: Service, log: Path) -> None:
        self.service = service
        self.log = log
        self.state = ServiceState(service.name, "stopped", port=service.port, url=service.url)
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._not_before = 0.0

    def start(self) -> None:
        self._process = spawn(self.service, self.log)
        self._become("starting", pid=self._process.pid, started_at=time.time())

    def look(self) -> None:
        """Take note of what happened since the last look, and act on it."""
        if self.state.state in ("starting", "ready") and self.ended():
            delay = min(_FIRST_DELAY_SECONDS * 2**self._failures, _LONGEST_DELAY_SECONDS)
            self._not_before = time.monotonic() + delay
            self._failures += 1
            self._become("waiting", pid=None)
        elif self.state.state == "waiting" and time.monotonic() >= self._not_before:
            self.start()
            self._become("starting", restarts=self.state.restarts + 1)
        elif self.state.state == "starting" and answers(self.service):
            self._become("ready")
        elif self.state.state == "ready" and time.time() - (self.state.started_at or 0) > _STEADY_SECONDS:
            self._failures = 0

    def ended(self) -> bool:
        status = self._process.poll() if self._process else None
        if status is None:
            return False
        self._become(self.state.state, last_exit=exit_words(status), last_exit_at=time.time())
        return True

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(self.service.stop_grace_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._become("stopped", pid=None)

    def last_words(self) -> str:
        """The last line of the log."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(log.seek(0, 2) - _LOG_TAIL_BYTES, 0))
            lines = log.read().decode(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
        return "nothing"

    def _become(self, state: str, **changes: object) -> None:
        self.state = replace(self.state, state=state, **changes)  # type: ignore[arg-type]
