"""A block that is given up after a while, whatever it waits for: a pipe, a lock, a disk."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class Within:
    """The block is interrupted after ``seconds``, by ``TimeoutError``.

    For the main thread of a command that does nothing else. A class, for ``contextlib`` takes longer to
    import than all that the block may do.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> Self:
        signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _give_up(*_: object) -> None:
    raise TimeoutError
