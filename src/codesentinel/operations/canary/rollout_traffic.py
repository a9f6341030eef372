"""The weights of a rollout: set, kept as they were set, and checked by what arrives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.analysis.rollout.arrival import mismatch
from codesentinel.model.errors import CodesentinelError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.act.traffic.splitter import Splitter
    from codesentinel.model.traffic import Arrived, Split

_VERIFY_SECONDS = 5.0
_ENOUGH = 20
_LOOKS = 100


class Traffic:
    """A splitter that is looked after.

    Args:
        splitter: moves the traffic.
        settle_seconds: until what arrives is counted by new weights alone.
        pause: waits so many seconds.
    """

    def __init__(self, splitter: Splitter, settle_seconds: float, pause: Callable[[float], None]) -> None:
        self._splitter = splitter
        self._settle_seconds = settle_seconds
        self._pause = pause
        self._set_at = time.monotonic()
        self._base: Arrived | None = None

    def split(self, canary_ratio: float) -> Split:
        """The weights nearest to a share."""
        return self._splitter.split(canary_ratio)

    def set(self, split: Split) -> None:
        """Set the weights; a splitter of our own that has died is started again for it.

        Raises:
            CodesentinelError: they may not be set.
        """
        try:
            self._splitter.write(split)
        except Unreachable:
            self._splitter.prepare()
            self._splitter.write(split)
        self._set_at, self._base = time.monotonic(), None

    def strays(self, split: Split) -> bool:
        """Whether the weights are others than these, because somebody else or a restart has set them.

        Raises:
            CodesentinelError: the splitter does not tell.
        """
        try:
            return self._splitter.read() != split
        except Unreachable:
            self._splitter.prepare()
            self._base = None
            return self._splitter.read() != split

    def watch(self) -> None:
        """Begin to count what arrives, once the weights count alone; to be called again and again.

        Raises:
            CodesentinelError: nobody tells what arrives.
        """
        if self._base is None and time.monotonic() - self._set_at >= self._settle_seconds:
            self._base = self._splitter.arrived()

    def problem(self, split: Split) -> str:
        """What is wrong with what has arrived since the weights were set; empty where nothing is.

        Raises:
            CodesentinelError: nobody tells what arrives.
        """
        seen = None if self._base is None else self._splitter.arrived().since(self._base)
        if not seen or not seen.total:
            self.watch()
            return "nothing has arrived under these weights yet"
        return mismatch(split, seen)

    def verify(self, split: Split) -> bool | None:
        """Whether what arrives now goes where one of the weights sends all; None where nothing arrives."""
        window = self._settle_seconds + _VERIFY_SECONDS
        end = time.monotonic() + window
        try:
            base, seen = self._splitter.arrived(), None
            while time.monotonic() < end:
                self._pause(window / _LOOKS)
                seen = self._splitter.arrived().since(base)
                if mismatch(split, seen):
                    base = self._splitter.arrived()  # of the old weights, still on its way
                elif seen.total >= _ENOUGH:
                    return True
        except CodesentinelError:
            return None
        if seen is None or not seen.total:
            return None
        return not mismatch(split, seen)
