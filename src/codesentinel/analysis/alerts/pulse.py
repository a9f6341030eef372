"""The watchdog's silence: an alert that always fires and does not arrive means that no other would."""

from __future__ import annotations

from codesentinel.model.duration import format_duration
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc

SILENT_SECONDS = 300.0
"""Five times the pace at which it is sent."""


def silence_findings(last_at: float | None, began_at: float, now: float) -> list[Finding]:
    """A P1 when nothing came for five minutes since the stack began (epoch seconds); else nothing."""
    heard_at = max(last_at or began_at, began_at)
    silent_seconds = now - heard_at
    if silent_seconds <= SILENT_SECONDS:
        return []
    return [
        Finding(
            kind="alerts-silent",
            subject="alerts",
            severity=Severity.P1,
            summary=(
                "alerts do not get through: the watchdog, which always fires, has not come for "
                f"{format_duration(silent_seconds)}"
            ),
            action="follow docs/runbooks/Watchdog.md",
            source="stack",
            evidence={"silent_seconds": round(silent_seconds, 1)},
            since=utc(heard_at),
            until=utc(now),
        )
    ]
