"""Whether the stack that watches is well: its services, and Prometheus' own complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.service import ServiceState, StackState

RECENT_SECONDS = 3600.0
_OFTEN = 3

QUERIES: Mapping[str, str] = {
    "history lags behind": "sum(rate(prometheus_remote_storage_samples_failed_total[5m])) > 0",
    "rules cannot be evaluated": "sum(increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
    "the configuration could not be reloaded": "prometheus_config_last_reload_successful == 0",
    "samples are dropped as out of order": (
        "sum(increase(prometheus_target_scrapes_sample_out_of_order_total[5m])) > 0"
    ),
}
"""What Prometheus says of itself: trouble to the query that gives something when it is there."""


def service_findings(state: StackState, now: float) -> list[Finding]:
    """A finding for every service that does not run, or was restarted within the last hour."""
    found = []
    for service in state.services:
        if service.state != "ready":
            found.append(_not_ready(service))
        elif service.restarts and now - (service.last_exit_at or 0) < RECENT_SECONDS:
            found.append(_restarted(service))
    if not found:
        found.append(_well(state))
    return found


def complaint_findings(answers: Mapping[str, float | None]) -> list[Finding]:
    """A finding for every trouble of :data:`QUERIES` whose query gave a value."""
    return [
        Finding(
            kind="stack.prometheus",
            subject=trouble,
            severity=Severity.P2,
            summary=f"Prometheus: {trouble}",
            action="look into .codesentinel/logs/prometheus.log",
            source="prometheus",
            evidence={"query": QUERIES[trouble], "value": value},
        )
        for trouble, value in answers.items()
        if value is not None
    ]


def _not_ready(service: ServiceState) -> Finding:
    return Finding(
        kind="stack.service",
        subject=service.name,
        severity=Severity.P1,
        summary=f"{service.name} is {service.state}"
        + (f" after {service.restarts} restarts; last {service.last_exit}" if service.last_exit else ""),
        action=f"look into .codesentinel/logs/{service.name}.log",
        source="stack",
        evidence={"restarts": service.restarts, "last_exit": service.last_exit},
    )


def _restarted(service: ServiceState) -> Finding:
    return Finding(
        kind="stack.restart",
        subject=service.name,
        severity=Severity.P2 if service.restarts >= _OFTEN else Severity.INFO,
        summary=f"{service.name} died ({service.last_exit}) and was restarted, "
        f"{service.restarts}x since the stack began",
        action=f"look into .codesentinel/logs/{service.name}.log",
        source="stack",
        evidence={"restarts": service.restarts, "last_exit": service.last_exit},
        since=utc(service.last_exit_at) if service.last_exit_at else None,
    )


def _well(state: StackState) -> Finding:
    return Finding(
        kind="stack.service",
        subject="stack",
        severity=Severity.INFO,
        summary=f"all {len(state.services)} services of the stack run, none restarted within the hour",
        action="nothing to do",
        source="stack",
        evidence={"services": [service.name for service in state.services]},
        since=utc(state.started_at),
    )
