"""Connections whose answers come to something: one that only drips is cut off.

A time-out of a socket is for one silence. A server that sends a byte now and then is never silent for so
long, and never at an end; whoever waits for it waits for ever. Here the waiting for an answer is added up,
what its reader does between two pieces left out, and has to be worth it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from urllib3 import BaseHTTPResponse
    from urllib3.response import HTTPResponse

SLOWEST_BYTES_PER_SECOND = 1000
_TIMEOUTS = 2.0
"""How many time-outs may be waited for before anything has to have come."""

_LOOK_SECONDS = 0.05
_LONGEST_SECONDS = 60.0


class Pace:
    """The waiting for one answer; a context manager for the time of one wait.

    Args:
        connection: what is waited at.
        timeout_seconds: of a silence.
    """

    def __init__(self, connection: socket.socket, timeout_seconds: float) -> None:
        self._connection = connection
        self._patience_seconds = _TIMEOUTS * timeout_seconds
        self._since = self._waited = 0.0
        self.arrived = 0
        self.was_cut = False

    def __enter__(self) -> None:
        self._since = time.monotonic()
        _watch.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        _watch.drop(self)
        self._waited += time.monotonic() - self._since

    def is_late(self) -> bool:
        """Whether more should have come by now."""
        waited = self._waited + time.monotonic() - self._since
        return waited > self._patience_seconds + self.arrived / SLOWEST_BYTES_PER_SECOND

    def cut(self) -> None:
        """Let the one who waits know that nothing more comes."""
        self.was_cut = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._connection, socket.SHUT_RDWR)  # another thread may be in its TLS


class _Watch:
    """One thread for all who wait. It ends soon after the last: no process should fork that has threads."""

    def __init__(self) -> None:
        self._waiting: set[Pace] = set()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, pace: Pace) -> None:
        """One more waits."""
        with self._change:
            self._waiting.add(pace)
            if self._thread is None or not self._thread.is_alive():  # of a process that was forked, too
                self._thread = threading.Thread(target=self._look, daemon=True)
                self._thread.start()
            self._change.notify()

    def drop(self, pace: Pace) -> None:
        """It waits no more."""
        with self._change:
            self._waiting.discard(pace)

    def _look(self) -> None:
        while True:
            with self._change:
                if not self._change.wait_for(lambda: self._waiting, _LOOK_SECONDS):
                    self._thread = None
                    return
                late = [pace for pace in self._waiting if pace.is_late()]
                self._waiting.difference_update(late)
                for pace in late:
                    pace.cut()
            time.sleep(_LOOK_SECONDS)


_watch = _Watch()


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        return _paced(self, super().getresponse)


class _Secure(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        return _paced(self, super().getresponse)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def _paced(connection: HTTPConnection, getresponse: Callable[[], HTTPResponse]) -> HTTPResponse:
    """Wait for the head of an answer as for its body; the answer has the pace of its connection."""
    end: socket.socket = connection.sock
    pace = Pace(end, end.gettimeout() or _LONGEST_SECONDS)
    try:
        with pace:
            answer: Any = getresponse()
    except Exception as exc:
        if pace.was_cut:
            raise TimeoutError("too slow") from exc
        raise
    if pace.was_cut:  # a head without its end is taken for a short one
        answer.close()
        raise TimeoutError("too slow")
    answer.pace = pace
    return answer  # type: ignore[no-any-return]


def paced_pools(**options: Any) -> urllib3.PoolManager:
    """A ``PoolManager`` of such connections."""
    pools = urllib3.PoolManager(**options)
    pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return pools


def pieces(answer: BaseHTTPResponse, size: int, *, decode_content: bool = True) -> Iterator[bytes]:
    """The body as it arrives, in pieces of ``size`` bytes at most.

    Raises:
        TimeoutError: it was too slow, and is cut off.
        urllib3.exceptions.HTTPError: it broke off, or is not what it says.
    """
    pace: Pace = answer.pace  # type: ignore[attr-defined]
    chunks = answer.stream(size, decode_content) if getattr(answer, "chunked", False) else None
    while True:
        try:
            with pace:
                piece = next(chunks, b"") if chunks else answer.read1(size, decode_content)
        except Exception as exc:
            if pace.was_cut:
                raise TimeoutError("too slow") from exc
            raise
        if pace.was_cut:
            raise TimeoutError("too slow")
        if not piece:
            return
        pace.arrived += len(piece)
        yield piece
