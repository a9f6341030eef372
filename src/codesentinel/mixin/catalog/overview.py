"""What the overview of all services shows at a glance, computed beforehand so that a month of it is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.targets import UP
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.rule import Group, Recording
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.mixin.timing import Timing

IS_UP = "service:up:max"
UPTIME = "service:up:avg"
CPU_BUSY = "instance:node_cpu_busy:ratio_rate"
ACTIVE = "service:http_server_active_requests:sum"
STRANGE = "what:codesentinel_trend_anomalies:max"


def overview(timing: Timing, http: HttpNames = OTEL) -> Group:
    """How busy hosts and services are, and which services answer."""
    window = prometheus_duration(timing.rate_window_seconds)
    idle = f'rate(node_cpu_seconds_total{{mode="idle"}}[{window}])'
    active = (Recording(ACTIVE, http.by_service("sum", http.active)),) if http.active else ()
    return Group(
        "overview",
        (
            Recording(IS_UP, f"max by (service, environment) {UP}"),
            Recording(CPU_BUSY, f"1 - avg by (job, instance) ({idle})"),
            *active,
            Recording(STRANGE, "max by (what) (codesentinel_trend_anomalies)"),
        ),
    )


def uptime(timing: Timing) -> Group:
    """The share of time in which a service answered, in few samples: a month of it is read at once.

    Twice within a window, so that there is always a sample that is not stale.
    """
    interval = timing.rate_window_seconds / 2
    expr = f"avg_over_time({IS_UP}[{prometheus_duration(interval)}])"
    return Group("uptime", (Recording(UPTIME, expr),), interval_seconds=interval)
