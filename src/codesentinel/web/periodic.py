"""What goes on beside the server, so that it shows as metrics: reviews, and the ingestion of deployments."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from codesentinel.model.errors import AlreadyRunning, CodesentinelError
from codesentinel.operations.capacity import Capacity
from codesentinel.operations.deploy.ingest import Ingester
from codesentinel.operations.endpoints import has_pushgateway
from codesentinel.operations.review import gather
from codesentinel.operations.satellites.close import Closer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from codesentinel.operations.base import Context
    from codesentinel.operations.metrics import OwnMetrics


class Periodic:
    """Calls ``work`` every ``every_seconds`` until the block ends; trouble is told once, not each time.

    A daemon thread: whoever ends the server does not wait for a source that does not answer.
    """

    def __init__(
        self, name: str, work: Callable[[], None], tell: Callable[[str], None], every_seconds: float
    ) -> None:
        self._name = name
        self._work = work
        self._tell = tell
        self._every_seconds = every_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_working, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()

    def _keep_working(self) -> None:
        told = ""
        while not self._ending.is_set():
            trouble = self._trouble()
            if trouble and trouble != told:
                self._tell(f"warning: the {self._name} failed: {trouble}")
            told = trouble
            self._ending.wait(self._every_seconds)

    def _trouble(self) -> str:
        """Work once; what went wrong, or nothing."""
        try:
            self._work()
        except CodesentinelError as exc:
            return exc.message
        except Exception as exc:  # noqa: BLE001 - a defect in one turn must not end all later ones
            return f"{type(exc).__name__}: {exc}"
        return ""


def reviewer(context: Context, metrics: OwnMetrics, every_seconds: float) -> Periodic:
    """Reviews; one that fails shows as such, and old findings are not shown as new ones."""
    capacity = Capacity(context)

    def review() -> None:
        try:
            report = gather(context, capacity=capacity)
        except BaseException:
            metrics.reviewed(None)
            raise
        judged = any(source.judged for source in report.sources)
        metrics.reviewed(report.findings if judged else None, report.sources)

    return Periodic("review", review, context.tell, every_seconds)


def ingester(context: Context, metrics: OwnMetrics, every_seconds: float) -> Periodic:
    """Ingests deployments from the Pushgateway, where there is one."""
    source = Ingester(context)

    def ingest() -> None:
        if not has_pushgateway(context):
            return
        try:
            done = source.run()
        except AlreadyRunning:  # somebody typed `deploy ingest`; that serves as well
            return
        metrics.ingested(done.recorded, time.time())

    return Periodic("ingestion of deployments", ingest, context.tell, every_seconds)


def closer(context: Context, every_seconds: float) -> Periodic:
    """Takes runs of procedures for aborted that no end will come for."""
    source = Closer(context)

    def close() -> None:
        with contextlib.suppress(AlreadyRunning):  # somebody typed `satellites close`; that serves as well
            source.run(time.time())

    return Periodic("closing of procedures", close, context.tell, every_seconds)
