"""From the buffer into the store, in a thread of its own: a store that hangs keeps nobody from reading."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.operations.collect.metrics import CollectMetrics
    from codesentinel.operations.collect.sinks import Sink
    from codesentinel.store.spool import Spool

_FIRST_PAUSE_SECONDS = 0.5
_IDLE_SECONDS = 0.2


class Sending:
    """Delivers what waits, oldest first; what the store does not take is tried again, ever more rarely.

    Pauses are drawn between half and all of a doubling time: hosts that lost the store together do not come
    back together.
    """

    def __init__(
        self,
        spool: Spool,
        sink: Sink,
        metrics: CollectMetrics,
        longest_pause_seconds: float,
        tell: Callable[[str], None],
    ) -> None:
        self._spool = spool
        self._sink = sink
        self._metrics = metrics
        self._longest = longest_pause_seconds
        self._tell = tell
        self._stop = threading.Event()
        self._random = random.Random()  # noqa: S311 - it spreads hosts, and keeps no secret
        self.failures = 0
        self.problem: CodesentinelError | None = None
        """What the store said last; None once it took something."""
        self.broken: BaseException | None = None
        """What ended this thread."""
        self._thread = threading.Thread(target=self._run, name="collect-sending", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def finish(self, within_seconds: float) -> None:
        """Deliver what waits, as far as that is possible within a time, and end."""
        deadline = time.monotonic() + within_seconds
        while self._spool.oldest() and not self.broken and time.monotonic() < deadline:
            time.sleep(0.02)
        self._stop.set()
        self._thread.join(timeout=1.0)  # one that hangs in a request ends with the process

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._one()
        except BaseException as exc:  # noqa: BLE001 - the main thread ends with it
            self.broken = exc

    def _one(self) -> None:
        waiting = self._spool.oldest()
        if waiting is None:
            self._stop.wait(_IDLE_SECONDS)
            return
        try:
            rejected = self._sink.deliver(waiting)
        except CodesentinelError as exc:
            self._failed(exc)
            return
        self._spool.delivered(waiting)
        self._metrics.delivered(waiting, rejected, self._spool)
        if self.failures:
            self._tell(f"{self._sink.shown} takes records again")
        self.failures, self.problem = 0, None

    def _failed(self, exc: CodesentinelError) -> None:
        if self.problem is None or self.problem.message != exc.message:
            self._tell(f"warning: {exc.message}; tried again until it works")
        self.problem = exc
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(self.failures, 30), self._longest)
        self.failures += 1
        self._metrics.retried()
        self._stop.wait(pause * self._random.uniform(0.5, 1.0))
