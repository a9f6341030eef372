"""Alerts that fire, and targets that cannot be scraped, as findings that do not say one thing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codesentinel.model.target import ActiveAlert, Target

_NOT_IDENTITY = frozenset(("alertname", "severity", "team"))
_TARGET_DOWN = "TargetDown"
_WATCHDOG = "Watchdog"
"""Fires always; what is found is its silence."""


def alert_findings(alerts: Iterable[ActiveAlert], targets: Sequence[Target]) -> list[Finding]:
    """A finding for every alert; one that is pending is for the record only.

    An alert about a target that is down carries the error of its last scrape. Of a P1 and a P2 with
    one name and subject, the P1 alone is kept.
    """
    errors = {target.instance: target.error for target in targets if target.health == "down"}
    found: dict[str, Finding] = {}
    for alert in alerts:
        if alert.name == _WATCHDOG:
            continue
        finding = _alert(alert, errors)
        known = found.get(finding.id)
        if known is None or finding.severity.rank < known.severity.rank:
            found[finding.id] = finding
    return list(found.values())


def target_findings(targets: Sequence[Target], alerts: Iterable[ActiveAlert]) -> list[Finding]:
    """A finding for every target that is down and of which no alert speaks, and one for those that are up."""
    spoken_of = {alert.labels.get("instance") for alert in alerts if alert.name == _TARGET_DOWN}
    alive = {target.job for target in targets if target.health == "up"}
    down = [target for target in targets if target.health == "down"]
    findings = [_down(target, alive) for target in down if target.instance not in spoken_of]
    up = [target for target in targets if target.health == "up"]
    if up:
        findings.append(_all_up(up, len(targets)))
    return findings


def _alert(alert: ActiveAlert, errors: Mapping[str, str]) -> Finding:
    subject = ", ".join(f"{k}={v}" for k, v in sorted(alert.labels.items()) if k not in _NOT_IDENTITY)
    summary = _naming(alert, alert.annotations.get("summary") or f"{alert.name} is {alert.state}", subject)
    if alert.state == "pending":
        summary = f"not yet an alert: {summary}"
    evidence: dict[str, Any] = {
        "state": alert.state,
        "description": alert.annotations.get("description", ""),
        "labels": dict(alert.labels),
    }
    error = errors.get(alert.labels.get("instance", ""))
    if alert.name == _TARGET_DOWN and error:
        evidence["scrape_error"] = error
    runbook = alert.annotations.get("runbook_url", "")
    return Finding(
        kind=f"alert.{alert.name}",
        subject=subject or alert.name,
        severity=_severity(alert),
        summary=summary,
        action=f"follow {runbook}" if runbook else f"look into {alert.name}",
        source="prometheus",
        evidence=evidence,
        since=alert.active_at,
    )


def _naming(alert: ActiveAlert, summary: str, subject: str) -> str:
    """The summary, with the subject behind it where it names nothing of it."""
    values = (value for name, value in alert.labels.items() if name not in _NOT_IDENTITY)
    return summary if not subject or any(value in summary for value in values) else f"{summary}: {subject}"


def _severity(alert: ActiveAlert) -> Severity:
    """By the label; other people's ``critical`` is a P1, whatever else they say a P2."""
    if alert.state == "pending":
        return Severity.INFO
    word = alert.labels.get("severity", "").lower()
    if word in ("none", "info"):
        return Severity.INFO
    return Severity.P1 if word in ("p1", "critical", "page") else Severity.P2


def _down(target: Target, alive: set[str]) -> Finding:
    last = target.job not in alive
    return Finding(
        kind="target.down",
        subject=f"{target.job} at {target.instance}",
        severity=Severity.P1 if last else Severity.P2,
        summary=f"{target.job} at {target.instance} cannot be scraped"
        + ("; no other instance of it answers" if last else "; others of it answer"),
        action="codesentinel status",
        source="prometheus",
        evidence={"scrape_error": target.error},
    )


def _all_up(up: Sequence[Target], total: int) -> Finding:
    interval = min(target.interval_seconds for target in up)
    return Finding(
        kind="target.up",
        subject="targets",
        severity=Severity.INFO,
        summary=f"{len(up)} of {total} targets are up, scraped every {interval:g} s",
        action="nothing to do",
        source="prometheus",
        evidence={"up": sorted({target.job for target in up})},
    )
