"""The health of procedures that browsers are shown: made when it is asked for, and kept for a moment."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.operations.satellites.review import gather

if TYPE_CHECKING:
    from codesentinel.model.procedure_health import ProcedureHealth
    from codesentinel.model.procedure_review import QuarterReview
    from codesentinel.operations.base import Context

KEPT_SECONDS = 15.0
_LONGEST_NAME = 10


class Procedures(NamedTuple):
    """The review of a quarter, and every version that it rests on."""

    review: QuarterReview
    procedures: tuple[ProcedureHealth, ...]


class LatestProcedures:
    """One look for all who ask for the same quarter within ``kept_seconds``."""

    def __init__(self, context: Context, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._context = context
        self._kept_seconds = kept_seconds
        self._lock = threading.Lock()
        self._made: tuple[str, float, Procedures] | None = None

    def get(self, quarter: str = "") -> Procedures:
        """The look; whoever asks while one is made waits for it.

        Raises:
            UsageError: it is no quarter, or has not begun.
            NoData: nothing is on record.
        """
        name = quarter[:_LONGEST_NAME]
        with self._lock:
            kept = self._made
            if kept and kept[0] == name and time.monotonic() - kept[1] <= self._kept_seconds:
                return kept[2]
            review = gather(self._context, quarter=name)
            found = Procedures(review, review.versions)
            self._made = (name, time.monotonic(), found)
            return found
