"""Whether anybody acted on a firing, and whether anybody had been told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.analysis.alerts.quality_firings import rule_key
from codesentinel.model.alert_quality import Act, Notified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codesentinel.model.alert_quality import Firing

SHORTLY_AFTER_SECONDS = 1800.0
"""What is done so long after an alert ended may still be an answer to it."""

_ACTS: Mapping[str, tuple[str, ...]] = {
    "process": ("process_kill", "detail_inspection", "process_tree_view", "process_watch"),
    "deploy": ("deployment-start", "deployment-finish"),
    "satellites": ("procedure-start", "procedure-finish"),
    "canary": ("step", "promoted", "rolled-back"),
    "stack": ("started", "stopped"),
}
"""What somebody does who answers an alert: looks closer, changes something, follows a procedure."""

DOMAINS = (*_ACTS, "alerts")
"""Domains of the log in which acts and notifications are found."""


def act_of(domain: str, event: Mapping[str, Any], at: float) -> Act | None:
    """The act that an event of the log is, or None."""
    activity = event.get("activity")
    if not isinstance(activity, dict) or activity.get("action") not in _ACTS.get(domain, ()):
        return None
    facts = activity.get("metadata")
    service = facts.get("service") if isinstance(facts, dict) else None
    return Act(at, f"{domain}/{activity['action']}", str(service or ""))


def notification_of(domain: str, event: Mapping[str, Any], at: float) -> Notified | None:
    """The notification that an event of the log is, or None."""
    activity = event.get("activity")
    if domain != "alerts" or not isinstance(activity, dict) or activity.get("action") != "alert-firing":
        return None
    facts = activity.get("metadata")
    labels = facts.get("labels") if isinstance(facts, dict) else None
    return Notified(at, *rule_key(labels)) if isinstance(labels, dict) else None


def was_told(firing: Firing, told: Sequence[Notified]) -> bool:
    """Whether a notification about this rule came while it fired, or as it ended."""
    key = rule_key(firing.labels)
    return any((one.name, one.severity) == key and firing.start <= one.at <= firing.end + 60 for one in told)


def was_attended(firing: Firing, acts: Iterable[Act]) -> bool:
    """Whether somebody acted from its start until shortly after its end, on its service or on none."""
    service = firing.labels.get("service", "")
    return any(
        firing.start <= act.at <= firing.end + SHORTLY_AFTER_SECONDS
        and (not act.service or not service or act.service == service)
        for act in acts
    )
