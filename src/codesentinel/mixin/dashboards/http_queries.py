"""Queries for the HTTP metrics of the service that is chosen on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.mixin.dashboards.panel import Variable

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames


@dataclass(frozen=True, slots=True)
class HttpQueries:
    """Selectors and rates of the service that is chosen."""

    http: HttpNames

    def variables(self) -> tuple[Variable, ...]:
        """The chain of choices: each knows those before it."""
        http = self.http
        chosen: list[str] = []
        found: list[Variable] = []
        for name, label, text, has_all in (
            ("environment", http.environment, "Production, staging and so on.", True),
            ("service", http.service, "The service that this page is about.", False),
            ("instance", "instance", "Addresses at which it is scraped.", True),
            ("route", http.route, "Endpoints, by the template of their path.", True),
            ("method", http.method, "Methods of requests.", True),
        ):
            if label:
                query = f"label_values({http.count(*chosen)}, {label})"
                found.append(Variable(name, name.capitalize(), query, text, has_all))
                chosen.append(f'{label}=~"${name}"')
        return tuple(found)

    def service(self) -> tuple[str, ...]:
        """Matchers of the service and its instances, without its endpoints."""
        http = self.http
        pairs = ((http.environment, "environment"), (http.service, "service"), ("instance", "instance"))
        return tuple(f'{label}=~"${name}"' for label, name in pairs if label)

    def matchers(self) -> tuple[str, ...]:
        """Matchers of all that is chosen."""
        return (*self.service(), f'{self.http.route}=~"$route"', f'{self.http.method}=~"$method"')

    def requests(self, *by: str) -> str:
        """Requests per second."""
        return _sum(f"rate({self.http.count(*self.matchers())}[$__rate_interval])", by)

    def ratio(self, *by: str) -> str:
        """Share of requests that failed; 0 where none did."""
        failed = self.http.count(*self.matchers(), self.http.is_failed)
        requests = self.requests(*by)
        none = f"{requests} * 0"
        return f"({_sum(f'rate({failed}[$__rate_interval])', by)} or {none}) / ({requests} > 0)"

    def quantile(self, quantile: float, *by: str) -> str:
        """A quantile of the duration."""
        buckets = f"rate({self.http.buckets(*self.matchers())}[$__rate_interval])"
        return f"histogram_quantile({quantile:g}, {_sum(buckets, ('le', *by))})"

    def of_instances(self, expr: str) -> str:
        """``expr``, a metric of processes, for the instances that expose this service."""
        return f"{expr} and on (instance) {self.http.count(*self.service())}"


def _sum(expr: str, by: tuple[str, ...]) -> str:
    return f"sum by ({', '.join(by)}) ({expr})" if by else f"sum({expr})"
