"""Notifications of Alertmanager, kept in the log so that they can be seen without any other receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, Effect, operation

if TYPE_CHECKING:
    from collections.abc import Mapping


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
