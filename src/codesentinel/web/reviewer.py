"""The review that goes on beside the server, so that its findings are metrics."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError
from codesentinel.operations.review import gather

if TYPE_CHECKING:
    from typing import Self

    from codesentinel.operations.base import Context
    from codesentinel.operations.metrics import OwnMetrics


class Reviewer:
    """Reviews every ``every_seconds`` until the block ends; a review that fails shows as such.

    A daemon thread: whoever ends the server does not wait for a source that does not answer.
    """

    def __init__(self, context: Context, metrics: OwnMetrics, every_seconds: float) -> None:
        self._context = context
        self._metrics = metrics
        self._every_seconds = every_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_reviewing, name="reviewer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()

    def _keep_reviewing(self) -> None:
        told = ""
        while not self._ending.is_set():
            trouble = self._review()
            if trouble and trouble != told:
                self._context.tell(f"warning: the review failed: {trouble}")
            told = trouble
            self._ending.wait(self._every_seconds)

    def _review(self) -> str:
        """Review once; what went wrong, or nothing."""
        try:
            report = gather(self._context)
        except CodesentinelError as exc:
            self._metrics.reviewed(None)
            return exc.message
        except Exception as exc:  # noqa: BLE001 - a defect in one analysis must not end all later reviews
            self._metrics.reviewed(None)
            return f"{type(exc).__name__}: {exc}"
        judged = any(source.judged for source in report.sources)
        self._metrics.reviewed(report.findings if judged else None)
        return ""
