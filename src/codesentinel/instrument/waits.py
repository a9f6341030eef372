"""What requests wait for inside a service: connections of a pool, other services, locks, its own log."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
from time import perf_counter
from typing import TYPE_CHECKING, Self

from codesentinel.instrument.families import registered
from codesentinel.instrument.named import NamedMetrics
from codesentinel.instrument.wait_families import ClientFamilies, LockFamilies, LogFamilies, PoolFamilies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from prometheus_client import Counter, Gauge, Histogram, Summary

_TCP_INFO_BYTES = 72
_ROUND_TRIP_AT = 68
"""Of ``tcpi_rtt`` in ``struct tcp_info`` (linux/tcp.h), in microseconds."""


class WaitMetrics(NamedMetrics):
    """Measures the waits of one service; it is made as all that measure what has names."""

    def pool(self, name: str, *, most: int) -> PoolMeter:
        """A pool of connections, or of anything that requests share; ``most`` is how many there are."""
        families = registered(PoolFamilies, self._registry)
        labels = (*self._who, self._names.value(name))
        families.most.labels(*labels).set(most)
        return PoolMeter(
            families.wait.labels(*labels), families.pending.labels(*labels), families.used.labels(*labels)
        )

    def client(self, server: str) -> ClientMeter:
        """Requests to another service; ``server`` is its name or address, never a whole URL."""
        families = registered(ClientFamilies, self._registry)
        labels = (*self._who, self._names.value(server))
        return ClientMeter(families.duration.labels(*labels), families.round_trip.labels(*labels))

    def lock(self, name: str) -> MeasuredLock:
        """A lock that tells how long was waited for it."""
        families = registered(LockFamilies, self._registry)
        return MeasuredLock(families.wait.labels(*self._who, self._names.value(name)))

    def logs(self, handler: logging.Handler) -> logging.Handler:
        """The handler, wrapped, to be added instead: its records are counted, and the time they take."""
        families = registered(LogFamilies, self._registry)
        return _MeasuredHandler(
            handler, families.records.labels(*self._who), families.seconds.labels(*self._who)
        )


class PoolMeter:
    """Around what takes a connection, and around its use."""

    def __init__(self, wait: Histogram, pending: Gauge, used: Gauge) -> None:
        self._wait, self._pending, self._used = wait, pending, used

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Around the call that waits for a free connection."""
        began = perf_counter()
        self._pending.inc()
        try:
            yield
        finally:
            self._pending.dec()
            self._wait.observe(perf_counter() - began)

    @contextlib.contextmanager
    def using(self) -> Iterator[None]:
        """Around the time in which it is in use."""
        self._used.inc()
        try:
            yield
        finally:
            self._used.dec()


class ClientMeter:
    """Around requests to one other service."""

    def __init__(self, duration: Histogram, round_trip: Summary) -> None:
        self._duration, self._round_trip = duration, round_trip

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Around a request and its answer."""
        began = perf_counter()
        try:
            yield
        finally:
            self._duration.observe(perf_counter() - began)

    def round_trip(self, connection: socket.socket) -> None:
        """Note how long the network takes, as the kernel measures it; only of TCP, and of Linux.

        Call it right after connecting: it is the handshake's then, which no server delays. Later it would
        hold the time for which the other side puts off its acknowledgements.
        """
        with contextlib.suppress(OSError, AttributeError, struct.error):
            told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
            self._round_trip.observe(struct.unpack_from("I", told, _ROUND_TRIP_AT)[0] / 1e6)


class MeasuredLock:
    """A ``threading.Lock``; only a thread that does not get it at once looks at the clock."""

    def __init__(self, wait: Summary) -> None:
        self._lock = threading.Lock()
        self._wait = wait

    def acquire(self, *, blocking: bool = True, timeout: float = -1) -> bool:
        """As that of ``threading.Lock``."""
        if self._lock.acquire(blocking=False):
            self._wait.observe(0.0)
            return True
        if not blocking:
            return False
        began = perf_counter()
        got = self._lock.acquire(timeout=timeout)
        self._wait.observe(perf_counter() - began)
        return got

    def release(self) -> None:
        """As that of ``threading.Lock``."""
        self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


class _MeasuredHandler(logging.Handler):
    def __init__(self, inner: logging.Handler, records: Counter, seconds: Counter) -> None:
        super().__init__(inner.level)
        self._inner, self._records, self._seconds = inner, records, seconds

    def handle(self, record: logging.LogRecord) -> bool:
        began = perf_counter()
        done = self._inner.handle(record)
        self._records.inc()
        self._seconds.inc(perf_counter() - began)
        return bool(done)

    def flush(self) -> None:
        self._inner.flush()

    def close(self) -> None:
        self._inner.close()
        super().close()
