"""Service Deep-Dive: one service, by endpoint, method and instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.http_queries import HttpQueries
from codesentinel.mixin.dashboards.panel import Column, Dashboard, Query, Row

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames

_NO_DEPLOYMENT = "no deployment of the service is on record"


def service_deep_dive(http: HttpNames) -> Dashboard:
    """Everything its HTTP metrics say about one service."""
    asked = HttpQueries(http)
    return Dashboard(
        "service-deep-dive",
        "Service Deep-Dive",
        "One service: which endpoints and instances are called, fail or are slow. Every choice narrows "
        "the next; the time range holds for all.",
        ("service",),
        (_now(asked), _requests(asked), _instances(asked), _changes(asked)),
        asked.variables(),
        span="1h",
    )


def _now(asked: HttpQueries) -> Row:
    count = asked.http.count(*asked.service())
    return Row(
        "Now",
        (
            style.stat("Requests", "Requests per second.", asked.requests(), unit=style.REQUESTS),
            style.stat(
                "Error ratio",
                "Share of requests that were answered with a 5xx status.",
                asked.ratio(),
                unit=style.RATIO,
                minimum=0,
                decimals=2,
                steps=style.ERROR_RATIO,
            ),
            style.stat(
                "p50",
                "Half of the requests took less.",
                asked.quantile(0.5),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            style.stat(
                "p95",
                "95 % of the requests took less.",
                asked.quantile(0.95),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            style.stat(
                "p99",
                "99 % of the requests took less.",
                asked.quantile(0.99),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            style.stat(
                "Instances",
                "Instances that expose metrics of the service.",
                f"count(count by (instance) ({count}))",
            ),
        ),
    )


def _requests(asked: HttpQueries) -> Row:
    http = asked.http
    route, method, status = http.route, http.method, http.status
    endpoint = f"{{{{{method}}}}} {{{{{route}}}}}"
    return Row(
        "Requests",
        (
            style.trend(
                "Requests by endpoint",
                "Requests per second of each method and route.",
                Query(asked.requests(route, method), endpoint),
                unit=style.REQUESTS,
            ),
            style.trend(
                "Requests by status",
                "Requests per second by the status of the answer.",
                Query(asked.requests(status), f"{{{{{status}}}}}"),
                unit=style.REQUESTS,
                stacked=True,
            ),
            style.trend(
                "Error ratio by endpoint",
                "Share of an endpoint's requests that were answered with a 5xx status.",
                Query(asked.ratio(route, method), endpoint),
                unit=style.RATIO,
                steps=style.ERROR_RATIO,
            ),
            style.trend(
                "Duration",
                "Quantiles of the duration over all endpoints that are chosen.",
                *(Query(asked.quantile(q / 100), f"p{q}") for q in (50, 95, 99)),
                unit=style.SECONDS,
            ),
            style.trend(
                "p95 by endpoint",
                "95th percentile of each endpoint.",
                Query(asked.quantile(0.95, route, method), endpoint),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            style.heatmap(
                "Durations",
                "How many requests took how long. Two bands are two kinds of work, which a quantile hides.",
                f"sum by (le) (increase({http.buckets(*asked.matchers())}[$__rate_interval]))",
                unit=style.SECONDS,
            ),
            style.table(
                "Endpoints",
                "Each method and route at the end of the time range.",
                (
                    asked.requests(route, method),
                    asked.ratio(route, method),
                    asked.quantile(0.5, route, method),
                    asked.quantile(0.95, route, method),
                    asked.quantile(0.99, route, method),
                ),
                (
                    Column(method, "Method"),
                    Column(route, "Route"),
                    Column("Value #A", "Requests", style.REQUESTS, 2),
                    Column("Value #B", "Error ratio", style.RATIO, 2, style.ERROR_RATIO),
                    Column("Value #C", "p50", style.SECONDS, 3, style.LATENCY),
                    Column("Value #D", "p95", style.SECONDS, 3, style.LATENCY),
                    Column("Value #E", "p99", style.SECONDS, 3, style.LATENCY),
                ),
                sorted_by="Requests",
            ),
        ),
    )


def _instances(asked: HttpQueries) -> Row:
    http = asked.http
    active = http.active and f"sum by (instance) ({http.active}{{{','.join(asked.service())}}})"
    in_flight = (
        style.trend(
            "In flight by instance",
            "Requests that each instance was answering at one moment.",
            Query(active, "{{instance}}"),
        ),
    )
    return Row(
        "Instances",
        (
            style.trend(
                "Requests by instance",
                "Requests per second of each instance: they should be alike behind a load balancer.",
                Query(asked.requests("instance"), "{{instance}}"),
                unit=style.REQUESTS,
            ),
            style.trend(
                "Error ratio by instance",
                "One bad instance looks like a slightly bad service.",
                Query(asked.ratio("instance"), "{{instance}}"),
                unit=style.RATIO,
                steps=style.ERROR_RATIO,
            ),
            style.trend(
                "p95 by instance",
                "95th percentile of the duration of each instance.",
                Query(asked.quantile(0.95, "instance"), "{{instance}}"),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            *(in_flight if active else ()),
            style.trend(
                "Processors by instance",
                "Processor cores that each instance keeps busy.",
                Query(
                    asked.of_instances("rate(process_cpu_seconds_total[$__rate_interval])"), "{{instance}}"
                ),
                unit=style.CORES,
            ),
            style.trend(
                "Memory by instance",
                "Resident memory of each instance.",
                Query(asked.of_instances("process_resident_memory_bytes"), "{{instance}}"),
                unit=style.BYTES,
            ),
        ),
    )


def _changes(asked: HttpQueries) -> Row:
    version = asked.http.version
    versions = (
        style.trend(
            "Requests by version",
            "Requests per second that each version answered: a rollout shows as one line taking over.",
            Query(asked.requests(version), f"{{{{{version}}}}}"),
            unit=style.REQUESTS,
            width=12,
            stacked=True,
        ),
    )
    ended = 'max by (environment, status) (codesentinel_deployment_timestamp_seconds{service=~"$service"})'
    return Row(
        "Changes",
        (
            *(versions if version else ()),
            style.table(
                "Last deployments",
                "When a deployment of the service last ended in each way.",
                (f"{ended} * 1000",),
                (
                    Column("environment", "Environment"),
                    Column("status", "Status"),
                    Column("Value", "Ended", style.MOMENT),
                ),
                width=12,
                sorted_by="Ended",
                may_be_empty=_NO_DEPLOYMENT,
            ),
        ),
    )
