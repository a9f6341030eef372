"""What a collector shows of itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from codesentinel.model.errors import PortInUse

if TYPE_CHECKING:
    from codesentinel.store.spool import Spool, Spooled

_MOST_PASSES = 1000  # in an outage the first of them are what the lag is measured from


class CollectMetrics:
    """Counters and gauges, and the figures of the record that the verb hands back."""

    def __init__(self, buffer_bytes: int) -> None:
        self._lock = threading.Lock()
        self._passes: list[tuple[float, int]] = []  # beginnings of readings, and the objects that hold them
        self._through = time.time()
        self.records = self.retries = self.lost = 0
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._lag = Gauge(
            "codesentinel_collect_lag_seconds",
            "How old the oldest record may be that the store does not have.",
            registry=registry,
        )
        self._lag.set_function(lambda: max(time.time() - self._through, 0.0))
        self._buffered = Gauge(
            "codesentinel_collect_buffer_bytes", "What waits on the disk to be delivered.", registry=registry
        )
        Gauge(
            "codesentinel_collect_buffer_limit_bytes", "How much may wait on the disk.", registry=registry
        ).set(buffer_bytes)
        self._delivered = Counter(
            "codesentinel_collect_records_delivered", "Records that the store took.", registry=registry
        )
        self._dropped = Counter(
            "codesentinel_collect_records_dropped",
            "Records that the store will never have.",
            ["reason"],
            registry=registry,
        )
        for reason in ("too_long", "rejected"):
            self._dropped.labels(reason)
        self._retried = Counter(
            "codesentinel_collect_retries", "Objects that the store did not take at once.", registry=registry
        )
        self._gaps = Counter(
            "codesentinel_collect_gaps",
            "Logs that were cut or replaced before they were read.",
            registry=registry,
        )
        self._up = Gauge(
            "codesentinel_collect_store_up", "Whether the store took the last object.", registry=registry
        )
        self._at = Gauge(
            "codesentinel_collect_last_delivery_timestamp_seconds",
            "When the store last took something.",
            registry=registry,
        )

    def serve(self, address: str, port: int) -> None:
        """Show them at an address, until the process ends.

        Raises:
            PortInUse: the port is taken.
        """
        from prometheus_client import start_http_server

        try:
            start_http_server(port, addr=address, registry=self.registry)
        except OSError as exc:
            raise PortInUse(
                f"metrics cannot be shown at {address}:{port}: {exc.strerror}", hint="collect.metrics_port"
            ) from exc

    def watch(self, spool: Spool) -> None:
        """Show how much waits in a spool."""
        self._buffered.set_function(lambda: spool.size_bytes)

    def read_through(self, began: float, spool: Spool) -> None:
        """Everything that was in the logs at a moment has been spooled."""
        with self._lock:
            if len(self._passes) < _MOST_PASSES:
                self._passes.append((began, spool.number))
        self._settle(spool)

    def _settle(self, spool: Spool) -> None:
        """See which readings have arrived entirely."""
        waiting = spool.oldest()
        with self._lock:
            while self._passes and (waiting is None or self._passes[0][1] < waiting.number):
                self._through = self._passes.pop(0)[0]

    def delivered(self, one: Spooled, rejected: int, spool: Spool) -> None:
        """The store took an object."""
        self.records += one.rows - rejected
        self._delivered.inc(one.rows - rejected)
        if rejected:
            self.dropped("rejected", rejected)
        self._up.set(1)
        self._at.set_to_current_time()
        self._settle(spool)

    def retried(self) -> None:
        """The store did not take an object."""
        self.retries += 1
        self._retried.inc()
        self._up.set(0)

    def dropped(self, reason: str, records: int) -> None:
        """Records will never be there."""
        self.lost += records
        self._dropped.labels(reason).inc(records)

    def gap(self) -> None:
        """A log was cut or replaced."""
        self._gaps.inc()
