"""The metrics of what a service waits for: OpenTelemetry's names where it has some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, Summary

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_SERVICE = ("service", "environment", "version")
_WAIT_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_CLIENT_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class PoolFamilies:
    """Pools, as ``db.client.connection.*``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = (*_SERVICE, "db_client_connection_pool_name")
        self.wait = Histogram(
            "db_client_connection_wait_time_seconds",
            "Time that was waited for a connection of a pool.",
            names,
            buckets=_WAIT_SECONDS,
            registry=registry,
        )
        self.pending = Gauge(
            "db_client_connection_pending_requests",
            "Requests that wait for a connection of a pool.",
            names,
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.used = Gauge(
            "db_client_connection_used",
            "Connections of a pool that are in use.",
            names,
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.most = Gauge(
            "db_client_connection_max",
            "Connections that a pool may have.",
            names,
            registry=registry,
            multiprocess_mode="livesum",
        )


class ClientFamilies:
    """Requests to other services, as ``http.client.request.duration``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = (*_SERVICE, "server_address")
        self.duration = Histogram(
            "http_client_request_duration_seconds",
            "Duration of requests to another service in seconds.",
            names,
            buckets=_CLIENT_SECONDS,
            registry=registry,
        )
        self.round_trip = Summary(
            "codesentinel_client_round_trip_seconds",
            "Round trip to another service as the kernel's TCP measures it, without the server's own time.",
            names,
            registry=registry,
        )


class LockFamilies:
    """Locks, for which OpenTelemetry has no names."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.wait = Summary(
            "codesentinel_lock_wait_seconds",
            "Time that was waited for a lock.",
            (*_SERVICE, "lock"),
            registry=registry,
        )


class LogFamilies:
    """The service's own log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.records = Counter(
            "codesentinel_log_records_total", "Records written to the log.", _SERVICE, registry=registry
        )
        self.seconds = Counter(
            "codesentinel_log_write_seconds_total",
            "Time that writing the log took.",
            _SERVICE,
            registry=registry,
        )
