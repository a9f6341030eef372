"""Deployments that need somebody: failed and not mended since, or begun and never ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import rfc3339, utc

if TYPE_CHECKING:
    from codesentinel.analysis.deployments.ledger import Ledger
    from codesentinel.model.deployment import Deployment

UNFINISHED_SECONDS = 2 * 3600.0
_RECENT_SECONDS = 14 * 86400.0


def deployment_findings(ledger: Ledger, now: float) -> list[Finding]:
    """A finding for the latest failure of each target that no success followed, and for each lost one.

    What is older than two weeks is left to ``deploy list``: who has lived with it so long knows.
    """
    recovery = ledger.recovery_seconds()
    open_failures = {d.target: d for d in ledger.settled() if d.has_failed and recovery[d.id] is None}
    found = [_failed(d) for d in open_failures.values() if now - (d.finished_at or 0.0) < _RECENT_SECONDS]
    for deployment in ledger.deployments.values():
        began = deployment.started_at
        if not deployment.is_final and began and UNFINISHED_SECONDS < now - began < _RECENT_SECONDS:
            found.append(_unfinished(deployment, began))
    return found


def _failed(deployment: Deployment) -> Finding:
    words = "was rolled back" if deployment.status == "rolled-back" else "failed"
    return Finding(
        kind="deployment.failed",
        subject=f"{deployment.service}/{deployment.environment}",
        severity=Severity.P2,
        summary=f"the last deployment of {_what(deployment)} {words}, and none has succeeded since",
        action=f"codesentinel deploy list --service {deployment.service}",
        source="deployments",
        evidence=deployment.as_document(),
        since=utc(deployment.finished_at) if deployment.finished_at else None,
    )


def _unfinished(deployment: Deployment, began: float) -> Finding:
    return Finding(
        kind="deployment.unfinished",
        subject=f"{deployment.service}/{deployment.environment}/{deployment.id}",
        severity=Severity.P2,
        summary=f"a deployment of {_what(deployment)} began at {rfc3339(began)[:16]} and has not ended",
        action=(
            f"codesentinel deploy record --service {deployment.service}"
            f" --environment {deployment.environment} --id {deployment.id} --status aborted"
        ),
        source="deployments",
        evidence=deployment.as_document(),
        since=utc(began),
    )


def _what(deployment: Deployment) -> str:
    revision = f" (revision {deployment.revision[:12]})" if deployment.revision else ""
    return f"{deployment.service} to {deployment.environment}{revision}"
