"""Trends: what each day was like, in a few series that a long-term storage keeps for years.

Every value is over the 24 hours before it. It is made from what is recorded at a finer pace, so that it
costs little; quantiles come from the day's whole histogram, for the mean of quantiles is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog import host_series, overview
from codesentinel.mixin.catalog.objectives import BUCKETS_5M, ERRORS_5M, REQUESTS_5M, SECONDS_5M, budgets
from codesentinel.mixin.rule import Group, Recording

if TYPE_CHECKING:
    from codesentinel.mixin.objectives import Objectives
    from codesentinel.mixin.timing import Timing

REQUESTS_1D = "service:http_server_requests:rate1d"
ERROR_RATIO_1D = "service:http_server_errors_per_request:ratio_rate1d"
LATENCY = "service:http_server_request_duration_seconds"
LATENCY_AVG_1D = f"{LATENCY}:avg1d"
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
"""Names of daily quantiles: ``service:http_server_request_duration_seconds:p95_1d`` and so on."""

PROCESS_MEMORY = "group:codesentinel_process_resident_memory_bytes"
PROCESS_CPU = "group:codesentinel_process_cpu_seconds:rate1d"

_HOST = (
    overview.CPU_BUSY,
    host_series.MEMORY,
    host_series.SPACE,
    host_series.INODES,
    host_series.DISK_BUSY,
    host_series.LOAD,
)
_LOWEST = (host_series.MEMORY, host_series.SPACE, host_series.INODES)
"""Of what is left the worst moment of a day is the lowest; of what is used, the highest."""


def trends(timing: Timing, objectives: Objectives) -> Group:
    """Daily averages, quantiles and extremes, and what is left of error budgets."""
    return Group(
        "trends",
        (
            *_services(),
            *_hosts(),
            Recording(f"{overview.UPTIME}1d", f"avg_over_time({overview.UPTIME}[1d])"),
            *_processes(),
            *budgets(objectives),
        ),
        interval_seconds=timing.trends_interval_seconds,
    )


def _services() -> tuple[Recording, ...]:
    requests, errors, seconds, buckets = (
        f"sum_over_time({series}[1d])" for series in (REQUESTS_5M, ERRORS_5M, SECONDS_5M, BUCKETS_5M)
    )
    return (
        Recording(REQUESTS_1D, f"avg_over_time({REQUESTS_5M}[1d])"),
        Recording(ERROR_RATIO_1D, f"{errors}\n/ ({requests} > 0)"),
        Recording(LATENCY_AVG_1D, f"{seconds}\n/ ({requests} > 0)"),
        *(
            Recording(f"{LATENCY}:{name}_1d", f"histogram_quantile({quantile}, {buckets})")
            for name, quantile in QUANTILES.items()
        ),
    )


def _hosts() -> tuple[Recording, ...]:
    """The average of each day, and its worst moment."""
    found = []
    for series in _HOST:
        worst = "min" if series in _LOWEST else "max"
        found += [
            Recording(f"{series}_{name}1d", f"{name}_over_time({series}[1d])") for name in ("avg", worst)
        ]
    return tuple(found)


def _processes() -> tuple[Recording, ...]:
    memory = "codesentinel_process_resident_memory_bytes"
    return (
        Recording(f"{PROCESS_MEMORY}:avg1d", f"sum by (instance, group) (avg_over_time({memory}[1d]))"),
        Recording(f"{PROCESS_MEMORY}:max1d", f"max by (instance, group) (max_over_time({memory}[1d]))"),
        Recording(PROCESS_CPU, "sum by (instance, group) (rate(codesentinel_process_cpu_seconds_total[1d]))"),
    )
