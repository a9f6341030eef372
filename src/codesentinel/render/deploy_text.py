"""Deployments as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import ratio_text, seconds_text

if TYPE_CHECKING:
    from codesentinel.model.deployment_views import Deployments, DoraKeys, Ingested, Recorded, Retired
    from codesentinel.model.interval import Interval

_HEAD = ("WHEN", "SERVICE", "ENVIRONMENT", "STATUS", "TOOK", "LEAD", "REVISION", "ID")
_KEYS_HEAD = ("SERVICE", "ENVIRONMENT", "ENDED", "A WEEK", "LEAD TIME", "FAILED", "RECOVERY")
_OUTCOMES = {
    "recorded": "recorded",
    "pushed": "pushed",
    "repeated": "known already",
    "lost": "NOT recorded (see the warning)",
}


def recorded_text(recorded: Recorded) -> str:
    """One line: what was recorded, and the id that its end is recorded with."""
    one = recorded.deployment
    return (
        f"{_OUTCOMES[recorded.outcome]}: {escaped(one.service)} to {escaped(one.environment)} {one.status}"
        f" (id {escaped(one.id)}{f', revision {escaped(one.revision[:12])}' if one.revision else ''})"
    )


def deployments_text(found: Deployments) -> str:
    """The table of deployments, and under it the keys."""
    lines = [escaped(note) for note in found.notes]
    if not found.deployments:
        return "\n".join([*lines, f"no deployment since {_time(found.since)}"])
    rows = [_HEAD] + [
        (
            _time(one.finished_at or one.started_at),
            escaped(one.service),
            escaped(one.environment),
            one.status,
            seconds_text(one.duration_seconds),
            seconds_text(one.lead_seconds),
            escaped(one.revision[:12]) or "-",
            escaped(one.id),
        )
        for one in found.deployments
    ]
    lines += aligned(rows, right=(4, 5))
    if len(found.deployments) < found.total:
        lines.append(f"... and {found.total - len(found.deployments)} older ones (--limit 0 shows all)")
    if found.keys:
        lines += ["", f"DORA keys since {_time(found.since)} (95 % intervals):"]
        lines += aligned([_KEYS_HEAD, *(_key_row(keys) for keys in found.keys)], right=(2, 3))
    return "\n".join(lines)


def ingested_text(done: Ingested) -> str:
    """One line."""
    return f"{done.recorded} recorded, {done.deleted} groups deleted, {done.waiting} wait for an end"


def retired_text(done: Retired) -> str:
    """One line."""
    where = f"{escaped(done.service)} in {escaped(done.environment)}"
    return f"retired {where}: {done.deployments} deployments, {done.groups} groups deleted"


def _key_row(keys: DoraKeys) -> tuple[str, ...]:
    ratio = keys.fail_ratio
    failed = "-"
    if ratio:
        bounds = f"{ratio_text(ratio.lower)}..{ratio_text(ratio.upper)}"
        failed = f"{ratio_text(ratio.estimate)} ({keys.failed} of {keys.deployments}; {bounds})"
    recovery = _median(keys.recovery_seconds)
    if keys.unrecovered:
        still = f"{keys.unrecovered} open"
        recovery = f"{recovery}, {still}" if keys.recovery_seconds else still
    return (
        escaped(keys.service),
        escaped(keys.environment),
        str(keys.deployments),
        f"{keys.per_week:.1f}",
        _median(keys.lead_seconds),
        failed,
        recovery,
    )


def _median(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    estimate, lower, upper = interval
    bounds = "" if lower is None else f" ({seconds_text(lower)}..{seconds_text(upper)})"
    return f"{seconds_text(estimate)}{bounds}"


def _time(moment: float | None) -> str:
    return "-" if moment is None else rfc3339(moment)[:16].replace("T", " ")
