"""What of the dates needs attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.capacity import LEVEL, JudgedResource
from codesentinel.model.finding import Finding, Severity, ranked
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Iterable


def ordered(judged: Iterable[JudgedResource]) -> tuple[JudgedResource, ...]:
    """The soonest full first; then those that may be, that will not, and that could not be judged."""

    def rank(one: JudgedResource) -> tuple[bool, float, float, str, str]:
        never = float("inf")
        at = one.exhausted_at.estimate if one.exhausted_at else never
        return bool(one.reason), at, one.earliest or never, one.resource.kind, one.resource.subject

    return tuple(sorted(judged, key=rank))


def findings(judged: Iterable[JudgedResource], now: float) -> tuple[Finding, ...]:
    """One for each resource that is full within the horizon and whose interval has an end."""
    return ranked(
        _finding(one, now) for one in judged if one.exhausted_at and one.exhausted_at.latest is not None
    )


def _finding(one: JudgedResource, now: float) -> Finding:
    assert one.exhausted_at is not None  # noqa: S101 - the caller looked
    at = one.exhausted_at
    return Finding(
        kind=f"capacity.{one.resource.kind}",
        subject=one.resource.subject,
        severity=Severity.P2,
        summary=f"{one.resource.subject} runs out of {one.resource.what} on {one.exhausted_at}",
        action=one.resource.action,
        source="history",
        evidence={
            "used": one.used,
            "limit": one.limit,
            "slope_per_second": one.slope_per_second,
            "exhausted_at": {
                "estimate": utc(at.estimate),
                "earliest": utc(at.earliest),
                "latest": None if at.latest is None else utc(at.latest),
                "level": LEVEL,
            },
            "notes": list(one.notes),
            "moves": [move.as_document() for move in one.moves],
        },
        confidence=LEVEL,
        until=utc(now),
    )
