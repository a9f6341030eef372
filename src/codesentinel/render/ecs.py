"""Events of procedures as documents of the Elastic Common Schema, for any stack that reads it.

Fields and their types are those of ECS 9.4 (https://www.elastic.co/docs/reference/ecs). ``agent.*`` is the
shipper there, so that the AI agent stands below ``gen_ai.agent``. What ECS has no word for stands below
``codesentinel``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

DATASET = "codesentinel.procedure"
VERSION = "9.4.0"
_TYPES = {"procedure-start": "start", "procedure-finish": "end"}
_OUTCOMES = {"Success": "success", "Failure": "failure"}
_LONGEST_SECONDS = 2**63 / 1e9  # what nanoseconds in a `long` hold
_OWN = ("satellite", "procedure", "cited", "version", "steps_version", "status", "status_source", "trigger")
_MORE = ("vendor", "source", "note")


def ecs_document(event: Mapping[str, Any], *, namespace: str = "default") -> dict[str, Any] | None:
    """The document of an event of the domain ``satellites``; None for one that tells of no procedure.

    Durations become nanoseconds. An abort is no outcome of ECS: it is ``unknown``, with the reason, and the
    very word stands in ``codesentinel.status``.
    """
    activity = event.get("activity") or {}
    action, facts = str(activity.get("action", "")), activity.get("metadata") or {}
    if not action.startswith("procedure-") or not event.get("id"):
        return None
    return without_gaps(
        {
            "@timestamp": event.get("timestamp"),
            "ecs": {"version": VERSION},
            "data_stream": {"type": "logs", "dataset": DATASET, "namespace": namespace},
            "message": _message(action, facts),
            "event": _event(event, action, facts),
            "gen_ai": {
                "agent": {"name": facts.get("agent_name"), "id": event.get("agent_id")},
                "request": {"model": facts.get("model")},
            },
            "file": {"path": facts.get("file")},
            "codesentinel": {
                **{name: facts.get(name) for name in (*_OWN, *_MORE)},
                "session": {"id": facts.get("agent_session") or event.get("session_id")},
                "run": {"id": facts.get("run_id")},
                "feedback": {name: facts.get(name) for name in ("clarity", "usefulness", "comment")},
            },
        }
    )


def _event(event: Mapping[str, Any], action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    status, seconds = facts.get("status"), facts.get("duration_seconds")
    found: dict[str, Any] = {
        "id": event["id"],
        "kind": "event",
        "category": ["process"],
        "type": [_TYPES.get(action, "info")],
        "action": action,
        "module": "codesentinel",
        "dataset": DATASET,
        "outcome": _OUTCOMES.get(str(status), "unknown"),
        "reason": "agent-aborted" if status == "Agent-Aborted" else None,
    }
    if isinstance(seconds, float | int) and 0 <= seconds < _LONGEST_SECONDS:
        found |= {"duration": round(seconds * 1e9), **_span(event.get("timestamp"), seconds)}
    return found


def _span(ended: Any, seconds: float) -> dict[str, str]:
    """Beginning and end of a run that took so long; nothing where the event has no time."""
    try:
        moment = datetime.fromisoformat(ended)
        began = moment - timedelta(seconds=seconds)
    except (TypeError, ValueError, OverflowError):
        return {}
    return {"start": rfc3339(began.timestamp()), "end": ended}


def _message(action: str, facts: Mapping[str, Any]) -> str:
    words = (facts.get("procedure"), action.removeprefix("procedure-"), facts.get("status"))
    return " ".join(str(word) for word in words if word)


def without_gaps(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known, and without objects that are empty then."""
    pairs = ((k, without_gaps(v) if isinstance(v, dict) else v) for k, v in document.items())
    return {name: value for name, value in pairs if value not in (None, "", {})}
