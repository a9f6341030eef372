"""What detectors hand over, and how it becomes a finding."""

from __future__ import annotations

from codesentinel.model.duration import format_duration
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codesentinel.model.process_sample import Sampled

SOURCE = "processes"


def about(
    one: Sampled,
    kind: str,
    severity: Severity,
    what: str,
    action: str,
    *,
    since: float | None = None,
    until: float | None = None,
    confidence: float | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Finding:
    """A finding on one process; ``what`` goes on after its name."""
    process = one.process
    subject = process.handle or str(process.pid)
    return Finding(
        kind=f"process-{kind}",
        subject=subject,
        severity=severity,
        summary=f"{process.name} ({subject}) {what}",
        action=action.replace("PID", subject),
        source=SOURCE,
        evidence={
            "pid": process.pid,
            "name": process.name,
            "username": process.username,
            "argv_shape": process.argv_shape,
            **(evidence or {}),
        },
        confidence=confidence,
        since=None if since is None else utc(since),
        until=None if until is None else utc(until),
    )


def spoken_bytes(amount: float) -> str:
    """Binary multiples with one digit, for sentences."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if abs(amount) >= size:
            return f"{amount / size:.1f} {unit}"
    return f"{amount:.0f} bytes"


def spoken_time(seconds: float) -> str:
    """A length of time for sentences."""
    return format_duration(seconds)
