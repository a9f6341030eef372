"""``review``: everything that needs attention now, from every source that can be asked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.provision import write_text
from codesentinel.analysis.alerts.firing import alert_findings, target_findings
from codesentinel.analysis.alerts.pulse import silence_findings
from codesentinel.analysis.stack.health import QUERIES, complaint_findings, service_findings
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import CouldNotJudge, Failed, UsageError
from codesentinel.model.finding import Finding, Severity, ranked
from codesentinel.model.report import Report, Source
from codesentinel.model.timestamp import utc
from codesentinel.operations.base import Context, operation
from codesentinel.operations.canary.rollout_watch import has_rollouts, rollouts_cut_off
from codesentinel.operations.capacity import Capacity
from codesentinel.operations.cardinality import cardinality_source
from codesentinel.operations.deploy.listing import recent_trouble
from codesentinel.operations.efficiency.watch import bottlenecks
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.fleet.sight import is_fleet, sight
from codesentinel.operations.notifications import last_pulse
from codesentinel.operations.process.anomalies import process_findings
from codesentinel.operations.satellites.health import has_satellites, procedure_trouble
from codesentinel.operations.stack import running_state
from codesentinel.operations.trends.watch import SOURCE, watch
from codesentinel.render.markdown import review_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.target import ActiveAlert

    Part = Callable[[], tuple[list[Finding], Source]]

_SHARED = ("deploy", "satellites")
"""The domains of the log that are judged of a whole fleet."""


@operation(
    "review",
    metadata=lambda report: {"findings": {s.value: report.count(s) for s in Severity}},
)
def review(context: Context, *, since_seconds: float | None = None, fleet: str = "") -> Report:
    """The report on this moment; ``since_seconds`` is how much history trends are drawn from.

    Deployments and procedures are those of the hosts that deliver to ``fleet``, where one is named here or in
    the settings.

    Each source is judged by itself: one that does not answer hides none of the others.
    """
    if not is_fleet(context, fleet):
        return gather(context, since_seconds=since_seconds)
    return gather(
        context, since_seconds=since_seconds, records=lambda: sight(context, fleet, domains=_SHARED)[0]
    )


def gather(
    context: Context,
    *,
    since_seconds: float | None = None,
    capacity: Capacity | None = None,
    records: Callable[[], Context] | None = None,
) -> Report:
    """The same for servers, which are not on record for each time; ``records`` are read elsewhere.

    They make one report after another: their ``capacity`` keeps what changes by days.
    """
    capacity = capacity or Capacity(context)
    now = time.time()
    window = since_seconds if since_seconds is not None else context.settings.review.since_seconds
    servers = endpoints(context)
    timeout = context.settings.sources.timeout_seconds
    prometheus = PrometheusClient(servers.prometheus, timeout_seconds=timeout)
    findings: list[Finding] = []
    sources: list[Source] = []
    alerts: list[list[ActiveAlert]] = []
    parts: dict[str, Part] = {
        "alerts and targets": lambda: _alerts_and_targets(prometheus, alerts),
        "prometheus itself": lambda: _complaints(prometheus),
        "capacity": lambda: capacity.findings(now=now, window_seconds=window),
        "cardinality": lambda: cardinality_source(context, servers.prometheus),
        "stack": lambda: _stack(context, now),
        "deployments": lambda: recent_trouble(records() if records else context, now),
        "processes": lambda: process_findings(context, now),
        SOURCE: lambda: watch(context, now),
        "bottlenecks": lambda: bottlenecks(context, alerts[-1] if alerts else None),
    }
    if records or has_satellites(context):
        parts["procedures"] = lambda: procedure_trouble(records() if records else context, now)
    if has_rollouts(context):
        parts["rollouts"] = lambda: rollouts_cut_off(context, now)
    for name, part in parts.items():
        try:
            found, source = part()
        except CouldNotJudge as exc:
            sources.append(Source(name, judged=False, reason=exc.message))
        else:
            findings += found
            sources.append(source)
    return Report(ranked(findings), tuple(sources), since=utc(now - window), until=utc(now))


def save(context: Context, report: Report, path: str) -> None:
    """Write the report as Markdown; ``path`` is relative to where the command was typed.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        write_text(Path(path).absolute(), review_markdown(report))
    except Failed as exc:
        raise UsageError(exc.message, hint="choose another --output") from exc
    context.tell(f"written: {path}")


def _alerts_and_targets(
    prometheus: PrometheusClient, heard: list[list[ActiveAlert]]
) -> tuple[list[Finding], Source]:
    """What Prometheus says of both; other sources hear of the alerts, too."""
    alerts, targets = prometheus.alerts(), prometheus.targets()
    heard.append(alerts)
    findings = alert_findings(alerts, targets) + target_findings(targets, alerts)
    return findings, Source("alerts and targets", judged=True, checked=len(alerts) + len(targets))


def _complaints(prometheus: PrometheusClient) -> tuple[list[Finding], Source]:
    answers = {}
    for trouble, query in QUERIES.items():
        rows = prometheus.instant(query)
        answers[trouble] = rows[0][1] if rows else None
    return complaint_findings(answers), Source("prometheus itself", judged=True, checked=len(answers))


def _stack(context: Context, now: float) -> tuple[list[Finding], Source]:
    state = running_state(context)
    if state is None:
        return [], Source("stack", judged=False, reason="the stack of this workspace does not run")
    findings = service_findings(state, now) + silence_findings(last_pulse(context), state.started_at, now)
    return findings, Source("stack", judged=True, checked=len(state.services))
