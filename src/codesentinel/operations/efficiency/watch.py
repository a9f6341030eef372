"""Why services are slow or fail of which an alert says so: a source of every review.

Services of which no alert says so are not looked at, so that it costs nothing and says nothing where all is
well. What is found is for the record: the alert beside it has the urgency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.services import ERROR_RATE_HIGH, LATENCY_HIGH
from codesentinel.model.errors import CouldNotJudge
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.report import Source
from codesentinel.operations.aside import aside
from codesentinel.operations.efficiency.bottleneck import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.target import ActiveAlert
    from codesentinel.operations.base import Context

NAME = "bottlenecks"
_ALERTS = (ERROR_RATE_HIGH, LATENCY_HIGH)
_MOST = 3
_LONGEST_SECONDS = 30.0


def bottlenecks(context: Context, alerts: Sequence[ActiveAlert] | None) -> tuple[list[Finding], Source]:
    """The first cause of each of at most three services, or that there is none among the resources.

    Raises:
        CouldNotJudge: nobody says which alerts fire.
    """
    if alerts is None:
        raise CouldNotJudge("which alerts fire is not known")
    firing = [one.labels for one in alerts if one.state == "firing" and one.name in _ALERTS]
    services = list(dict.fromkeys((one.get("service", ""), one.get("environment", "")) for one in firing))
    found: list[Finding] = []
    reasons = []
    for service, environment in services[:_MOST]:
        try:
            found += aside(context, _LONGEST_SECONDS, first_cause, service, environment)
        except CouldNotJudge as exc:
            reasons.append(f"{service}: {exc.message}")
    judged = not services or len(reasons) < len(services[:_MOST])
    left = len(services) - _MOST
    reasons += [f"{left} more services have such alerts"] if left > 0 else []
    return found, Source(NAME, judged=judged, reason="; ".join(reasons), checked=len(services))


def first_cause(context: Context, service: str, environment: str) -> list[Finding]:
    """What limits a service, as one finding for the record; none where it does as well as ever."""
    return [
        _for_the_record(one)
        for one in explain(context, service=service, environment=environment).findings[:1]
    ]


def _for_the_record(one: Finding) -> Finding:
    return Finding(
        kind=one.kind,
        subject=one.subject,
        severity=Severity.INFO,
        summary=one.summary,
        action=one.action,
        source=NAME,
        evidence=one.evidence,
        confidence=one.confidence,
        since=one.since,
        until=one.until,
    )
