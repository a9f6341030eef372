"""Telling how far long work has come, every few seconds and no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY_SECONDS = 2.0


class Progress:
    """Counts, and tells.

    Args:
        tell: takes a line; None for silence.
        what: the work, such as ``written``.
        total: how many there will be; 0 where nobody knows.
    """

    def __init__(self, tell: Callable[[str], None] | None, what: str, total: int = 0) -> None:
        self._tell = tell
        self._what = what
        self._total = total
        self._began = self._told = time.monotonic()
        self._count = 0

    def add(self, count: int) -> None:
        """So many more are done."""
        self._count += count
        now = time.monotonic()
        if self._tell is None or now - self._told < _EVERY_SECONDS:
            return
        self._told = now
        of = f" of {self._total} ({self._count / self._total:.0%})" if self._total else ""
        rate = self._count / (now - self._began)
        self._tell(f"{self._what}: {self._count}{of} samples, {rate:.0f} a second")
