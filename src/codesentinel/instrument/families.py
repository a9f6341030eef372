"""The metrics that a service exposes, registered once in each registry however many parts of it use them.

In processes that share their counts (``PROMETHEUS_MULTIPROC_DIR``) gauges are summed over those that live.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from codesentinel.instrument.multiprocess import make_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client import CollectorRegistry

    Families = TypeVar("Families")

_SERVICE = ("service", "environment", "version")
_HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_SOCKET_SECONDS = (0.1, 1, 10, 60, 300, 1800, 3600, 4 * 3600, 12 * 3600, 86400)
_FUNCTION_SECONDS = (0.0001, 0.0005, 0.0025, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_JOB_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 12 * 3600)

LAST_RUN = (
    "codesentinel_job_last_run_timestamp_seconds",
    "When the last run of a job ended, however it did; seconds since the epoch.",
)
LAST_SUCCESS = (
    "codesentinel_job_last_success_timestamp_seconds",
    "When a job last succeeded; seconds since the epoch.",
)
LAST_DURATION = (
    "codesentinel_job_last_run_duration_seconds",
    "Duration of the last run of a job in seconds.",
)

_registering = threading.Lock()
_registered: weakref.WeakKeyDictionary[CollectorRegistry, dict[Any, Any]] = weakref.WeakKeyDictionary()


def registered(make: Callable[[CollectorRegistry], Families], registry: CollectorRegistry | None) -> Families:
    """The families that ``make`` made in this registry, made now if they were not."""
    registry = registry or REGISTRY
    with _registering:
        there = _registered.setdefault(registry, {})
        if make not in there:
            make_folder()
            there[make] = make(registry)
        found: Families = there[make]
        return found


class HttpFamilies:
    """Requests, under OpenTelemetry's names."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.duration = Histogram(
            "http_server_request_duration_seconds",
            "Duration of HTTP server requests in seconds, until the last byte of the answer.",
            (*_SERVICE, "http_route", "http_request_method", "http_response_status_code"),
            buckets=_HTTP_SECONDS,
            registry=registry,
        )
        self.active = Gauge(
            "http_server_active_requests",
            "HTTP server requests being answered.",
            (*_SERVICE, "http_request_method"),
            registry=registry,
            multiprocess_mode="livesum",
        )


class SocketFamilies:
    """WebSocket connections, for which OpenTelemetry has no names."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.duration = Histogram(
            "websocket_server_connection_duration_seconds",
            "Duration of WebSocket connections in seconds, from the handshake to the close.",
            (*_SERVICE, "http_route", "outcome"),
            buckets=_SOCKET_SECONDS,
            registry=registry,
        )
        self.active = Gauge(
            "websocket_server_active_connections",
            "WebSocket connections that are open, or in their handshake.",
            _SERVICE,
            registry=registry,
            multiprocess_mode="livesum",
        )


class FunctionFamilies:
    """Functions and blocks of code."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = (*_SERVICE, "function")
        self.duration = Histogram(
            "codesentinel_function_duration_seconds",
            "Duration of calls of measured functions in seconds.",
            names,
            buckets=_FUNCTION_SECONDS,
            registry=registry,
        )
        self.ended = Counter(
            "codesentinel_function_calls_total",
            "Calls of measured functions that ended, by how.",
            (*names, "outcome"),
            registry=registry,
        )


class JobFamilies:
    """Jobs: what runs now and then, and must not stop succeeding unseen."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = (*_SERVICE, "job_name")
        self.duration = Histogram(
            "codesentinel_job_duration_seconds",
            "Duration of runs of jobs in seconds.",
            names,
            buckets=_JOB_SECONDS,
            registry=registry,
        )
        self.ended = Counter(
            "codesentinel_job_runs_total",
            "Runs of jobs that ended, by how.",
            (*names, "outcome"),
            registry=registry,
        )
        self.last_run = Gauge(*LAST_RUN, names, registry=registry, multiprocess_mode="max")
        self.last_success = Gauge(*LAST_SUCCESS, names, registry=registry, multiprocess_mode="max")
        self.last_duration = Gauge(*LAST_DURATION, names, registry=registry, multiprocess_mode="mostrecent")


class OverflowFamilies:
    """What found its bound reached."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.routes = Counter(
            "codesentinel_instrument_route_overflow_total",
            "Requests and connections whose route template came after the bound on routes was reached.",
            _SERVICE,
            registry=registry,
        )
        self.names = Counter(
            "codesentinel_instrument_name_overflow_total",
            "Runs of functions and jobs whose name came after the bound on names was reached.",
            _SERVICE,
            registry=registry,
        )
