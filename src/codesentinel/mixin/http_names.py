"""The names under which services expose their HTTP metrics: OpenTelemetry's, or those of somebody else."""

from __future__ import annotations

from dataclasses import dataclass

SERVICE, ENVIRONMENT = "service", "environment"
"""What the labels are called in everything that is recorded, whatever the services call them."""


@dataclass(frozen=True, slots=True)
class HttpNames:
    """Metrics and labels, as they are scraped.

    Attributes:
        duration: histogram of seconds, without ``_bucket``, ``_count`` or ``_sum``.
        active: gauge of requests being answered; empty where there is none.
        service: label that tells one service from another; ``job`` where the service names none.
        environment: label that tells production from staging; empty where there is none.
        version: label with the version that answered; empty where there is none.
        route: label with the route's template.
        method: label with the request's method.
        status: label with the answer's status.
        failed: regular expression, anchored, for the statuses that are the server's fault.
    """

    duration: str = "http_server_request_duration_seconds"
    active: str = "http_server_active_requests"
    service: str = SERVICE
    environment: str = ENVIRONMENT
    version: str = "version"
    route: str = "http_route"
    method: str = "http_request_method"
    status: str = "http_response_status_code"
    failed: str = "5.."

    def count(self, *matchers: str) -> str:
        """The selector of the number of requests."""
        return selector(f"{self.duration}_count", *matchers)

    def buckets(self, *matchers: str) -> str:
        """The selector of the histogram's buckets."""
        return selector(f"{self.duration}_bucket", *matchers)

    def seconds(self, *matchers: str) -> str:
        """The selector of the time that requests took together."""
        return selector(f"{self.duration}_sum", *matchers)

    @property
    def is_failed(self) -> str:
        """The matcher of failed requests."""
        return f'{self.status}=~"{self.failed}"'

    def by_service(self, aggregation: str, expr: str, *kept: str) -> str:
        """``expr`` aggregated by service, environment and the labels ``kept``, under our names for both."""
        expr = self._renamed(self._renamed(expr, self.service, SERVICE), self.environment, ENVIRONMENT)
        return f"{aggregation} by ({', '.join((SERVICE, ENVIRONMENT, *kept))}) ({expr})"

    def by_route(self, aggregation: str, expr: str, *kept: str) -> str:
        """``expr`` aggregated by route and method within each service, under our names for all four."""
        expr = self._renamed(self._renamed(expr, self.route, OTEL.route), self.method, OTEL.method)
        return self.by_service(aggregation, expr, OTEL.route, OTEL.method, *kept)

    @staticmethod
    def _renamed(expr: str, theirs: str, ours: str) -> str:
        return expr if theirs in ("", ours) else f'label_replace({expr}, "{ours}", "$1", "{theirs}", "(.*)")'


OTEL = HttpNames()
"""OpenTelemetry's ``http.server.request.duration`` as Prometheus spells it."""


def selector(metric: str, *matchers: str) -> str:
    """``metric{matchers}``, without braces where there is nothing to match."""
    return f"{metric}{{{','.join(matchers)}}}" if matchers else metric
