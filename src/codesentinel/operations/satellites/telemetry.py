"""What agents' telemetry says was loaded, into the log."""

from __future__ import annotations

import threading
import time
import zlib
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter

from codesentinel.capture.satellites.otlp import Counters, loaded
from codesentinel.capture.satellites.otlp_request import decoded
from codesentinel.instrument.exposition import exposition
from codesentinel.model.errors import CodesentinelError, UsageError
from codesentinel.operations.satellites.loaded import log_signal

if TYPE_CHECKING:
    from codesentinel.operations.base import Context

MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED_BYTES = 8 * 1024 * 1024
_GZIP = 31


class Telemetry:
    """Takes export requests of OTLP; each skill that was loaded becomes one event."""

    def __init__(self, context: Context) -> None:
        self._root = str(context.root)
        self._counters = Counters(time.time())
        self._one = threading.Lock()
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "codesentinel_telemetry_requests",
            "Export requests of agents' telemetry, by what became of them.",
            ["signal", "outcome"],
            registry=self._registry,
        )
        self._events = Counter(
            "codesentinel_telemetry_events",
            "Events that were logged for what agents' telemetry told.",
            registry=self._registry,
        )

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """What was taken so far, for a scrape: the text and its content type."""
        return exposition(self._registry, accept)

    def take(self, signal: str, body: bytes, *, is_protobuf: bool, is_packed: bool) -> int:
        """Log what a request tells; how many events that were.

        Raises:
            UsageError: it is no request, or unpacks to more than is taken.
            NotInstalled: it is protobuf, and the extra is missing.
        """
        try:
            plain = _unpacked(body) if is_packed else body
            document = decoded(signal, plain, is_protobuf=is_protobuf)
            with self._one:
                logged = sum(
                    log_signal(self._root, event) for event in loaded(signal, document, self._counters)
                )
        except CodesentinelError:
            self._requests.labels(signal, "refused").inc()
            raise
        self._requests.labels(signal, "taken").inc()
        self._events.inc(logged)
        return logged


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(body, MOST_UNPACKED_BYTES)
    except zlib.error as exc:
        raise UsageError("the body is no gzip", hint="leave out Content-Encoding") from exc
    if unpacker.unconsumed_tail:
        raise UsageError(f"it unpacks to more than {MOST_UNPACKED_BYTES} bytes", hint="send smaller batches")
    if not unpacker.eof:
        raise UsageError("the body ends early", hint="send it again")
    return plain
