"""Any event of the log as a document of the Elastic Common Schema, with the host that it is of.

What happened with procedures has a shape of its own (:mod:`codesentinel.render.ecs`); of all others the
common facts are fields, and the record itself stands in ``event.original``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ecs import VERSION, ecs_document, without_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_LONGEST_MILLISECONDS = 2**63 / 1e6  # what nanoseconds in a `long` hold


def ecs_event(
    event: Mapping[str, Any], line: str, *, domain: str, host: str, namespace: str = "default"
) -> tuple[str, dict[str, Any]] | None:
    """The data stream of an event, and its document; None for one without an id or a time."""
    activity = event.get("activity")
    if not event.get("id") or not event.get("timestamp") or not isinstance(activity, dict):
        return None
    found = ecs_document(event, namespace=namespace) if domain == "satellites" else None
    if found is None:
        found = _document(event, activity, line, domain, namespace)
    dataset = found["data_stream"]["dataset"]
    return f"logs-{dataset}-{namespace}", {**found, "host": {"name": host}}


def _document(
    event: Mapping[str, Any], activity: Mapping[str, Any], line: str, domain: str, namespace: str
) -> dict[str, Any]:
    dataset = f"codesentinel.{domain.replace('-', '_')}"
    action, took = str(activity.get("action", "")), activity.get("duration_ms")
    is_known = isinstance(took, float | int) and 0 <= took < _LONGEST_MILLISECONDS
    return without_gaps(
        {
            "@timestamp": event["timestamp"],
            "ecs": {"version": VERSION},
            "data_stream": {"type": "logs", "dataset": dataset, "namespace": namespace},
            "message": f"{domain} {action}",
            "event": {
                "id": event["id"],
                "kind": "event",
                "action": action,
                "module": "codesentinel",
                "dataset": dataset,
                "outcome": "success" if activity.get("success", True) else "failure",
                "duration": round(float(took or 0) * 1e6) if is_known else None,
                "original": line,
            },
            "gen_ai": {"agent": {"id": event.get("agent_id")}},
            "codesentinel": {"session": {"id": event.get("session_id")}},
        }
    )
