"""The HTTP server metrics of OpenTelemetry's semantic conventions, as Prometheus series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
UNMATCHED = "unmatched"
OVERFLOW = "overflow"
_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
)
_OTHER = "_OTHER"
_SERVICE_LABELS = ("service", "environment", "version")


class HttpMetrics:
    """Counts requests of one service; the series it can make are bounded.

    Args:
        service, environment, version: put on every series.
        registry: where the metrics are registered.
        max_routes: further route templates share the route ``overflow``, and are counted.
    """

    def __init__(
        self,
        service: str,
        *,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_routes: int = 500,
    ) -> None:
        registry = registry or REGISTRY
        self._who = (service, environment, version)
        self._max_routes = max_routes
        self._routes: set[str] = {UNMATCHED, OVERFLOW}
        self._duration = Histogram(
            "http_server_request_duration_seconds",
            "Duration of HTTP server requests in seconds, until the last byte of the answer.",
            (*_SERVICE_LABELS, "http_route", "http_request_method", "http_response_status_code"),
            buckets=BUCKETS_SECONDS,
            registry=registry,
        )
        self._active = Gauge(
            "http_server_active_requests",
            "HTTP server requests being answered.",
            (*_SERVICE_LABELS, "http_request_method"),
            registry=registry,
        )
        self._overflows = Counter(
            "codesentinel_instrument_route_overflow_total",
            "Requests whose route template came after the bound on routes was reached.",
            _SERVICE_LABELS,
            registry=registry,
        ).labels(*self._who)
        self._finished: dict[tuple[str, str, int], Histogram] = {}
        self._begun: dict[str, Gauge] = {}

    def begin(self, method: str) -> Gauge:
        """Count a request in; the caller decrements the gauge when it is over."""
        method = method if method in _METHODS else _OTHER
        gauge = self._begun.get(method)
        if gauge is None:
            gauge = self._begun[method] = self._active.labels(*self._who, method)
        gauge.inc()
        return gauge

    def finish(self, route: str, method: str, status: int, duration_seconds: float) -> None:
        """Record a request that was answered, failed or was given up."""
        key = (self._bounded(route), method if method in _METHODS else _OTHER, status)
        histogram = self._finished.get(key)
        if histogram is None:
            histogram = self._finished[key] = self._duration.labels(*self._who, *key)
        histogram.observe(duration_seconds)

    def _bounded(self, route: str) -> str:
        if route in self._routes:
            return route
        if len(self._routes) < self._max_routes + 2:
            self._routes.add(route)
            return route
        self._overflows.inc()
        return OVERFLOW
