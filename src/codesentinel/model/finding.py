"""Finding: what an analysis says needs attention, or was looked at and is fine."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any


class Severity(Enum):
    """How urgent, in the spec's words: P1 pages, P2 is looked at this week, info is for the record."""

    P1 = "P1"
    P2 = "P2"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Severity).index(self)


class Finding:
    """One sentence a person can act on, with the evidence for it. Not changed after it was made.

    ``id`` is stable while the same thing is wrong with the same subject, so that two reviews can be
    compared. ``confidence`` is a ratio in 0..1, or None where nothing was estimated. ``since`` and
    ``until`` bound the evidence in time and are written as ``from`` and ``to``.
    """

    __slots__ = (
        "action",
        "confidence",
        "evidence",
        "kind",
        "severity",
        "since",
        "source",
        "subject",
        "summary",
        "until",
    )

    def __init__(
        self,
        *,
        kind: str,
        subject: str,
        severity: Severity,
        summary: str,
        action: str,
        source: str,
        evidence: Mapping[str, Any] | None = None,
        confidence: float | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self.kind = kind
        self.subject = subject
        self.severity = severity
        self.summary = summary
        self.action = action
        self.source = source
        self.evidence = {} if evidence is None else evidence
        self.confidence = confidence
        self.since = since
        self.until = until

    @property
    def id(self) -> str:
        """Kind and subject: what is wrong, with what."""
        return f"{self.kind}:{self.subject}"

    def as_document(self) -> dict[str, Any]:
        """The JSON shape of a finding, as every face shows it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "subject": self.subject,
            "severity": self.severity.value,
            "summary": self.summary,
            "action": self.action,
            "evidence": dict(self.evidence),
            "confidence": self.confidence,
            "from": self.since,
            "to": self.until,
            "source": self.source,
        }


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most urgent first; within a severity the surer first, then by id so that the order is stable."""
    return tuple(sorted(findings, key=lambda f: (f.severity.rank, -(f.confidence or 0.0), f.id)))
