"""Asking again, with growing pauses, where a failure may pass."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from codesentinel.capture.http_stream import Passing
from codesentinel.model.errors import Cancelled, CouldNotJudge

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_LOOK_SECONDS = 0.1  # how soon a wish to stop is noticed


@dataclass(frozen=True, slots=True)
class Patience:
    """How often is asked, and how long is waited in between.

    The pause doubles from ``first_seconds`` up to ``longest_seconds``, less up to a half by chance, so that
    many readers do not return at once. A server that names a time of its own (``Retry-After``) is not asked
    before it; one that wants more than ``longest_asked_seconds`` is given up.
    """

    attempts: int = 6
    first_seconds: float = 0.5
    longest_seconds: float = 15.0
    longest_asked_seconds: float = 120.0


class Retrying:
    """Calls again what failed with :class:`Passing`.

    Args:
        patience: how often, and with which pauses.
        tell: is told of every pause, in one line.
        cancelled: whether to stop; asked while waiting.
        sleep, now, chance: the world, as far as waiting is concerned; ``chance`` gives 0 up to 1.
    """

    def __init__(
        self,
        patience: Patience,
        *,
        tell: Callable[[str], None],
        cancelled: Callable[[], bool],
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self._patience = patience
        self._tell = tell
        self._cancelled = cancelled
        self._sleep = sleep
        self._now = now
        self._chance = chance or random.SystemRandom().random

    def call(self, attempt: Callable[[], T], *, known: bool) -> T:
        """The result of ``attempt()``; of a server that is not ``known`` yet, a refused connection is final.

        Raises:
            CouldNotJudge: it failed for good; after several attempts the message says so.
            Cancelled: somebody wants no more.
        """
        for number in range(1, self._patience.attempts + 1):
            try:
                return attempt()
            except Passing as exc:
                failure = exc
            if failure.refused and not known:
                raise failure.error from failure.__cause__
            pause = self._pause(number, failure)
            if number < self._patience.attempts:
                self._tell(f"{failure.error.message}; asking again in {pause:.1f} s")
                self._wait(pause)
        told = f"{failure.error.message}; asked {self._patience.attempts} times"
        raise type(failure.error)(told, hint=failure.error.hint) from failure

    def _pause(self, number: int, failure: Passing) -> float:
        patience = self._patience
        pause = min(patience.first_seconds * 2.0 ** (number - 1), patience.longest_seconds)
        pause *= 1 - self._chance() / 2
        asked = retry_after(failure.after, self._now())
        if asked is not None and asked > patience.longest_asked_seconds:
            raise CouldNotJudge(
                f"{failure.error.message}; it asks to come back in {asked:.0f} s",
                hint="try again then",
            ) from failure
        return max(pause, asked or 0.0)

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            if self._cancelled():
                raise Cancelled("stopped while waiting for the server")
            self._sleep(min(seconds, _LOOK_SECONDS))
            seconds -= _LOOK_SECONDS


def retry_after(header: str, now: float) -> float | None:
    """Seconds that a ``Retry-After`` header asks for; None where it says nothing that can be understood."""
    header = header.strip()
    if header.isdecimal():
        return float(header)
    try:
        moment = float(parsedate_to_datetime(header).timestamp())
    except (ValueError, OverflowError):
        return None
    return max(moment - now, 0.0)
