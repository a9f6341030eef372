"""The review that browsers are shown: made when it is asked for, and kept for a moment."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from codesentinel.operations.capacity import Capacity
from codesentinel.operations.review import gather

if TYPE_CHECKING:
    from codesentinel.model.report import Report
    from codesentinel.operations.base import Context

KEPT_SECONDS = 15.0


class LatestReview:
    """One review for all who ask within ``kept_seconds``: it costs a second, and they would see the same."""

    def __init__(self, context: Context, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._context = context
        self._kept_seconds = kept_seconds
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._made = 0.0
        self._capacity = Capacity(context)

    def get(self) -> Report:
        """The report; whoever asks while one is made waits for it."""
        with self._lock:
            if self._report is None or time.monotonic() - self._made > self._kept_seconds:
                self._report = gather(self._context, capacity=self._capacity)
                self._made = time.monotonic()
            return self._report
