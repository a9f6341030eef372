"""Services over HTTP: how many requests, how many fail, how long they take.

The metric is OpenTelemetry's ``http.server.request.duration`` under its Prometheus name, so that any
service instrumented that way is covered without a line of configuration; a mapping serves other names.
A service is told from another by ``service`` and ``environment``; its instances and versions are added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.rule import Alert, Group, Recording
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.mixin.timing import Timing

ERROR_RATE_HIGH = "ServiceErrorRateHigh"
LATENCY_HIGH = "ServiceLatencyHigh"

REQUESTS = "service:http_server_requests:rate"
ERRORS = "service:http_server_errors:rate"
ERROR_RATIO = "service:http_server_errors_per_request:ratio_rate"
P50 = "service:http_server_request_duration_seconds:p50"
P95 = "service:http_server_request_duration_seconds:p95"
P99 = "service:http_server_request_duration_seconds:p99"
BUCKETS = "service_le:http_server_request_duration_seconds_bucket:rate"
ROUTE_REQUESTS = "service_route:http_server_requests:rate"
ROUTE_ERRORS = "service_route:http_server_errors:rate"
ROUTE_P95 = "service_route:http_server_request_duration_seconds:p95"
"""No window stands in these names: it is the timing's, and a dashboard must not depend on that."""

PAGE_ERROR_RATIO = 0.1
TICKET_ERROR_RATIO = 0.02
PAGE_P95_SECONDS = 2.5
TICKET_P95_SECONDS = 0.5
"""Latency thresholds are bounds of OpenTelemetry's default buckets: there a quantile is exact."""

_FEWEST_ERRORS = 5
"""In one window; fewer are chance, whatever their share of the requests."""

_LOWEST_RATE = 0.3
"""Requests per second, about 100 in five minutes: the slowest twentieth is then five requests, not one."""


def services(timing: Timing, http: HttpNames = OTEL) -> Group:
    """Rates, error ratio and quantiles of every service and route, and the alerts on services."""
    return Group(
        "services",
        (
            *_recordings(timing, http),
            *_route_recordings(timing, http),
            *_error_alerts(timing),
            *_latency_alerts(timing),
        ),
    )


def _recordings(timing: Timing, http: HttpNames) -> tuple[Recording, ...]:
    window = prometheus_duration(timing.rate_window_seconds)
    failed = http.by_service("sum", f"rate({http.count(http.is_failed)}[{window}])")
    quantiles = ((P50, 0.5), (P95, 0.95), (P99, 0.99))
    return (
        Recording(REQUESTS, http.by_service("sum", f"rate({http.count()}[{window}])")),
        # a service that never failed has no such series, yet its errors are 0 and not unknown
        Recording(ERRORS, f"{failed}\nor {REQUESTS} * 0"),
        Recording(ERROR_RATIO, f"{ERRORS} / ({REQUESTS} > 0)"),
        Recording(BUCKETS, http.by_service("sum", f"rate({http.buckets()}[{window}])", "le")),
        *(Recording(name, f"histogram_quantile({quantile}, {BUCKETS})") for name, quantile in quantiles),
    )


def _route_recordings(timing: Timing, http: HttpNames) -> tuple[Recording, ...]:
    """Each route and method; their number is bounded by the instrumentation."""
    window = prometheus_duration(timing.rate_window_seconds)

    def rate(counter: str, *kept: str) -> str:
        return http.by_route("sum", f"rate({counter}[{window}])", *kept)

    return (
        Recording(ROUTE_REQUESTS, rate(http.count())),
        Recording(ROUTE_ERRORS, f"{rate(http.count(http.is_failed))}\nor {ROUTE_REQUESTS} * 0"),
        Recording(ROUTE_P95, f"histogram_quantile(\n  0.95, {rate(http.buckets(), 'le')}\n)"),
    )


def _error_alerts(timing: Timing) -> tuple[Alert, Alert]:
    def alert(severity: Severity, above_ratio: float, for_seconds: float, summary: str) -> Alert:
        return Alert(
            ERROR_RATE_HIGH,
            severity,
            expr=(
                f"{ERROR_RATIO} > {above_ratio}\n"
                f"and {ERRORS} * {timing.rate_window_seconds:g} >= {_FEWEST_ERRORS}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=summary,
            description=(
                "Service {{ $labels.service }}: {{ $value | humanizePercentage }} of its requests are "
                f"answered with a 5xx status; more than {above_ratio:.0%} calls for action."
            ),
        )

    return (
        alert(Severity.P1, PAGE_ERROR_RATIO, timing.page_for_seconds, "A service fails many requests"),
        alert(Severity.P2, TICKET_ERROR_RATIO, timing.ticket_for_seconds, "A service fails some requests"),
    )


def _latency_alerts(timing: Timing) -> tuple[Alert, Alert]:
    def alert(severity: Severity, above_seconds: float, for_seconds: float, summary: str) -> Alert:
        return Alert(
            LATENCY_HIGH,
            severity,
            expr=f"{P95} > {above_seconds}\nand {REQUESTS} >= {_LOWEST_RATE}",
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=summary,
            description=(
                "Service {{ $labels.service }}: one request in twenty takes longer than "
                f"{{{{ $value | humanizeDuration }}}}; more than {above_seconds} s calls for action."
            ),
        )

    return (
        alert(Severity.P1, PAGE_P95_SECONDS, timing.page_for_seconds, "A service is too slow to be used"),
        alert(Severity.P2, TICKET_P95_SECONDS, timing.ticket_for_seconds, "A service is slow"),
    )
