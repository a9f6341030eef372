"""The bound on label values: what comes after it shares one value, and is counted."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Counter

OVERFLOW = "overflow"
MAX_ROUTES = ("CODESENTINEL_INSTRUMENT_MAX_ROUTES", 500)
MAX_NAMES = ("CODESENTINEL_INSTRUMENT_MAX_NAMES", 200)


class Bounded:
    """A set of label values that stops growing.

    Args:
        most: how many values there may be, or None for what the environment says, else a default.
        setting: the name of the environment's variable, and the default.
        overflows: counts the values that were refused.
        free: values that are there from the beginning and do not count.
    """

    def __init__(
        self, most: int | None, setting: tuple[str, int], overflows: Counter, *, free: tuple[str, ...] = ()
    ) -> None:
        self._most = (_from_environment(*setting) if most is None else most) + len(free) + 1
        self._values = {OVERFLOW, *free}
        self._overflows = overflows
        self._growing = threading.Lock()

    def value(self, wanted: str) -> str:
        """The value itself, or ``overflow`` when it is one too many; ask each time that it occurs."""
        if wanted in self._values:
            return wanted
        with self._growing:
            if wanted in self._values or len(self._values) < self._most:
                self._values.add(wanted)
                return wanted
        self._overflows.inc()
        return OVERFLOW

    def has_room_for(self, wanted: str) -> bool:
        """Whether a value would stay itself."""
        return wanted in self._values or len(self._values) < self._most


def _from_environment(variable: str, default: int) -> int:
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not text.isdecimal():
        raise ValueError(f"{variable} is a number of label values, 0 or more, not {text!r}")
    return int(text)
