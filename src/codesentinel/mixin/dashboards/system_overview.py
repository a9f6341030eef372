"""System Overview: every service on one page, from recordings alone, so that a month of it is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog import host_series, overview, services
from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.guards import guards
from codesentinel.mixin.dashboards.panel import GREEN, RED, Column, Dashboard, Meaning, Query, Row, Variable

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames

_CHOSEN = '{environment=~"$environment"}'
_CHOSEN_OR_NONE = '{environment=~"$environment|"}'
"""A target that names no environment belongs to all of them."""

_LINK = (
    "/d/codesentinel-service-deep-dive?var-service=${__data.fields.Service}"
    "&${__url_time_range}&${datasource:queryparam}&${environment:queryparam}"
)
_FIRES = 'alertstate="firing",severity=~"P1|P2"'
"""Not the watchdog, which fires for as long as all is well."""


def system_overview(http: HttpNames) -> Dashboard:
    """Error rate, latency, uptime, saturation and what fires, of all services."""
    return Dashboard(
        "system-overview",
        "System Overview",
        "Every service on one page: how many requests fail, how long they take, whether it answers, how "
        "full its machines are, which alerts fire, what is strange though none does, and whether the guards "
        "of codesentinel itself hold. A click on a service leads to its own page.",
        ("overview",),
        (_now(), _services(), _saturation(has_active=bool(http.active)), _alerts(), guards()),
        (
            Variable(
                "environment",
                "Environment",
                f"label_values({services.REQUESTS}, environment)",
                "Production, staging and so on, as the services name it.",
            ),
        ),
    )


def _now() -> Row:
    requests = f"sum({services.REQUESTS}{_CHOSEN})"
    return Row(
        "Now",
        (
            style.stat(
                "Pages firing",
                "Alerts of severity P1 that fire now: somebody has to act at once.",
                'count(ALERTS{alertstate="firing",severity="P1"}) or vector(0)',
                steps=style.NONE_WANTED,
            ),
            style.stat(
                "Tickets firing",
                "Alerts of severity P2 that fire now: somebody has to act this week.",
                'count(ALERTS{alertstate="firing",severity="P2"}) or vector(0)',
                steps=style.FEW_WANTED,
            ),
            style.stat(
                "Services down",
                "Services of which not one target answers.",
                f"count({overview.IS_UP}{_CHOSEN_OR_NONE} == 0) or vector(0)",
                steps=style.NONE_WANTED,
            ),
            style.stat(
                "Error ratio",
                "Share of all requests that were answered with a 5xx status.",
                f"sum({services.ERRORS}{_CHOSEN}) / ({requests} > 0)",
                unit=style.RATIO,
                minimum=0,
                decimals=2,
                steps=style.ERROR_RATIO,
            ),
            style.stat(
                "Slowest p95",
                "95th percentile of the duration of requests, of the slowest service.",
                f"max({services.P95}{_CHOSEN})",
                unit=style.SECONDS,
                minimum=0,
                steps=style.LATENCY,
            ),
            style.stat(
                "Lowest uptime",
                "Share of the time shown in which at least one target answered; of the worst service.",
                f"min(avg_over_time({overview.UPTIME}{_CHOSEN_OR_NONE}[$__range]))",
                unit=style.RATIO,
                minimum=0,
                decimals=3,
                sparkline=False,
                steps=style.UPTIME,
            ),
        ),
    )


def _services() -> Row:
    def by_service(metric: str, operator: str = "sum", chosen: str = _CHOSEN) -> str:
        return f"{operator} by (service) ({metric}{chosen})"

    requests, errors = by_service(services.REQUESTS), by_service(services.ERRORS)
    ratio = f"{errors} / ({requests} > 0)"
    firing = f'count by (service) (ALERTS{{{_FIRES},service!=""}})'
    uptime = f"min by (service) (avg_over_time({overview.UPTIME}{_CHOSEN_OR_NONE}[$__range]))"
    return Row(
        "Services",
        (
            style.table(
                "Services",
                "One line a service, the environments chosen added up; uptime is that of the worst of them. "
                "A service without HTTP metrics has an uptime alone.",
                (
                    requests,
                    ratio,
                    by_service(services.P95, "max"),
                    uptime,
                    f"{firing} or {by_service(overview.IS_UP, 'max', _CHOSEN_OR_NONE)} * 0",
                ),
                (
                    Column("service", "Service", link=_LINK),
                    Column("Value #A", "Requests", style.REQUESTS, 2),
                    Column("Value #B", "Error ratio", style.RATIO, 2, style.ERROR_RATIO),
                    Column("Value #C", "p95", style.SECONDS, 3, style.LATENCY),
                    Column("Value #D", "Uptime", style.RATIO, 3, style.UPTIME),
                    Column("Value #E", "Alerts firing", style.COUNT, 0, style.NONE_WANTED),
                ),
                sorted_by="Error ratio",
            ),
            style.trend(
                "Requests",
                "Requests per second that each service answered.",
                Query(requests, "{{service}}"),
                unit=style.REQUESTS,
            ),
            style.trend(
                "Error ratio by service",
                "Share of a service's requests that were answered with a 5xx status. The lines mark a "
                "ticket and a page.",
                Query(ratio, "{{service}}"),
                unit=style.RATIO,
                steps=style.ERROR_RATIO,
            ),
            style.trend(
                "p95 by service",
                "95th percentile of the duration of requests; of the slowest environment chosen.",
                Query(by_service(services.P95, "max"), "{{service}}"),
                unit=style.SECONDS,
                steps=style.LATENCY,
            ),
            style.states(
                "Up or down",
                "Whether at least one target of the service answered its scrapes.",
                Query(by_service(overview.IS_UP, "min", _CHOSEN_OR_NONE), "{{service}}"),
                width=24,
                steps=style.scale((1, GREEN), below=RED),
                meanings=(Meaning("0", "down", RED), Meaning("1", "up", GREEN)),
            ),
        ),
    )


def _saturation(*, has_active: bool) -> Row:
    in_flight = style.trend(
        "Requests in flight",
        "Requests that each service was answering at one moment: they pile up where it is too slow.",
        Query(f"sum by (service) ({overview.ACTIVE}{_CHOSEN})", "{{service}}"),
        width=6,
    )
    return Row(
        "Saturation",
        (
            style.trend(
                "Busy processors",
                "Share of the time in which a host's processors did work.",
                Query(overview.CPU_BUSY, "{{instance}}"),
                unit=style.RATIO,
                width=6,
                maximum=1,
                steps=style.FULLNESS,
            ),
            style.trend(
                "Used memory",
                "Share of a host's memory that is not available to new work.",
                Query(f"1 - {host_series.MEMORY}", "{{instance}}"),
                unit=style.RATIO,
                width=6,
                maximum=1,
                steps=style.FULLNESS,
            ),
            style.trend(
                "Fullest file system",
                "Share in use of each host's fullest file system.",
                Query(f"1 - min by (instance) ({host_series.SPACE})", "{{instance}}"),
                unit=style.RATIO,
                width=6,
                maximum=1,
                steps=style.FULLNESS,
            ),
            *((in_flight,) if has_active else ()),
        ),
    )


def _alerts() -> Row:
    return Row(
        "Alerts",
        (
            style.table(
                "Firing now",
                "Alerts that fire, most urgent first. Nothing here is what one hopes for.",
                (f"max by (alertname, severity, service, environment, instance) (ALERTS{{{_FIRES}}})",),
                (
                    Column("severity", "Severity"),
                    Column("alertname", "Alert"),
                    Column("service", "Service"),
                    Column("environment", "Environment"),
                    Column("instance", "Instance"),
                    Column("Value", "Firing", style.COUNT, 0),
                ),
                width=12,
                may_be_empty="no alert fires at the moment",
            ),
            style.trend(
                "Firing over time",
                "How many alerts of each name fired at once.",
                Query(f"count by (alertname, severity) (ALERTS{{{_FIRES}}})", "{{severity}} {{alertname}}"),
                width=12,
                stacked=True,
                may_be_empty="no alert fired in the time shown",
            ),
            style.trend(
                "Strange though no alert fires",
                "Series that differ from what their own past lets expect, by what they measure: which, since "
                "when and by how much tells `codesentinel review`.",
                Query(overview.STRANGE, "{{what}}"),
                width=24,
                stacked=True,
                steps=style.FEW_WANTED,
                may_be_empty="no review of the time shown had four hours of history to judge by",
            ),
        ),
    )
