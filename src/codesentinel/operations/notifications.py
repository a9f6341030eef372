"""Notifications of Alertmanager, kept in the log so that they can be seen without any other receiver."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from codesentinel.act.provision import read_text, write_text
from codesentinel.mixin.catalog.monitoring_self import WATCHDOG
from codesentinel.model.errors import UsageError
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import Context, Effect, operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def take(context: Context, payload: Mapping[str, Any]) -> int:
    """Log the alerts of a webhook; of the watchdog note only when it came last. How many were logged.

    Raises:
        UsageError: the payload is not an Alertmanager webhook.
        Failed: the moment cannot be written.
    """
    if not _is_pulse(payload):
        return receive(context, payload)
    write_text(_pulse_file(context), rfc3339(time.time()) + "\n")
    return 0


def last_pulse(context: Context) -> float | None:
    """When the watchdog came last (epoch seconds); None when it never did."""
    text = read_text(_pulse_file(context))
    try:
        return None if text is None else datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        return None


def _pulse_file(context: Context) -> Path:
    return context.state_dir / "stack" / "watchdog"


def _is_pulse(payload: Mapping[str, Any]) -> bool:
    try:
        alerts = payload["alerts"]
        return bool(alerts) and all(
            alert["labels"]["alertname"] == WATCHDOG and alert["status"] == "firing" for alert in alerts
        )
    except (KeyError, TypeError):
        return False


@operation("alerts.receive", Effect.WRITE, metadata=lambda count: {"alerts": count})
def receive(context: Context, payload: Mapping[str, Any]) -> int:
    """Log each alert of an Alertmanager webhook (version 4) as an event; how many they were.

    Raises:
        UsageError: the payload is not such a webhook; nothing was logged.
    """
    try:
        receiver = str(payload["receiver"])
        events = [_event(alert, receiver) for alert in payload["alerts"]]
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise UsageError(
            "not an Alertmanager webhook", hint="it is a JSON object with receiver and alerts, version 4"
        ) from exc
    for event in events:
        context.memory.log_domain_activity("alerts", event)
    return len(events)


def _event(alert: Mapping[str, Any], receiver: str) -> dict[str, Any]:
    status = alert["status"]
    if status not in ("firing", "resolved"):
        raise ValueError(status)
    labels, annotations = dict(alert["labels"]), dict(alert.get("annotations", {}))
    return {
        "action": f"alert-{status}",
        "metadata": {
            "receiver": receiver,
            "labels": labels,
            "annotations": annotations,
            "starts_at": alert.get("startsAt"),
            "ends_at": alert.get("endsAt") if status == "resolved" else None,
            "fingerprint": alert.get("fingerprint"),
        },
    }
