"""The HTTP server metrics of OpenTelemetry's semantic conventions, as Prometheus series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.instrument.bounds import MAX_ROUTES, Bounded
from codesentinel.instrument.families import HttpFamilies, OverflowFamilies, SocketFamilies, registered

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge, Histogram

UNMATCHED = "unmatched"
ROUTE = "codesentinel.route"
"""Where an application may leave the template of its route: in the ASGI scope, or in the WSGI environ."""

FAILED = 500
CLIENT_GONE = 499
"""As web servers log a request whose client went away before the answer was complete."""

_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
)
_OTHER = "_OTHER"


class HttpMetrics:
    """Counts the requests and connections of one service; the series it can make are bounded.

    Args:
        service, environment, version: put on every series.
        registry: where the metrics are registered.
        max_routes: further route templates share the route ``overflow``, and are counted; None takes
            ``CODESENTINEL_INSTRUMENT_MAX_ROUTES`` from the environment, else 500.
    """

    def __init__(
        self,
        service: str,
        *,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_routes: int | None = None,
    ) -> None:
        self._who = who = (service, environment, version)
        http, sockets = registered(HttpFamilies, registry), registered(SocketFamilies, registry)
        overflows = registered(OverflowFamilies, registry).routes.labels(*who)
        self._routes = Bounded(max_routes, MAX_ROUTES, overflows, free=(UNMATCHED,))
        self._duration, self._active = http.duration, http.active
        self._socket_duration, self._sockets = sockets.duration, sockets.active
        self._finished: dict[tuple[str, str, int], Histogram] = {}
        self._begun: dict[str, Gauge] = {}

    def begin(self, method: str) -> Gauge:
        """Count a request in; the caller decrements the gauge when it is over."""
        gauge = self._begun.get(method)
        if gauge is None:
            gauge = self._active.labels(*self._who, method if method in _METHODS else _OTHER)
            if method in _METHODS:
                self._begun[method] = gauge
        gauge.inc()
        return gauge

    def finish(self, route: str, method: str, status: int, duration_seconds: float) -> None:
        """Record a request that was answered, failed or was given up."""
        histogram = self._finished.get((route, method, status))
        if histogram is None:
            histogram = self._learn(route, method, status)
        histogram.observe(duration_seconds)

    def begin_socket(self) -> Gauge:
        """Count a connection in; the caller decrements the gauge when it is over."""
        gauge = self._sockets.labels(*self._who)
        gauge.inc()
        return gauge

    def finish_socket(self, route: str, outcome: str, duration_seconds: float) -> None:
        """Record a connection that is over."""
        route = self._routes.value(route)
        self._socket_duration.labels(*self._who, route, outcome).observe(duration_seconds)

    def _learn(self, route: str, method: str, status: int) -> Histogram:
        """The series of a request, kept for the next one if nothing of it had to be bounded."""
        bounded = (
            self._routes.value(route),
            method if method in _METHODS else _OTHER,
            str(int(status)) if 100 <= status <= 599 else _OTHER,
        )
        histogram = self._duration.labels(*self._who, *bounded)
        if bounded == (route, method, str(int(status))):
            self._finished[route, method, status] = histogram
        return histogram
