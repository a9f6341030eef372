"""Report: what a review found, and what it could not judge."""

from __future__ import annotations

from codesentinel.model.finding import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from codesentinel.model.finding import Finding


class Source:
    """Something a review asks. ``reason`` says why it could not judge all of it, or is empty."""

    __slots__ = ("checked", "judged", "name", "reason")

    def __init__(self, name: str, *, judged: bool, reason: str = "", checked: int = 0) -> None:
        self.name = name
        self.judged = judged
        self.reason = reason
        self.checked = checked

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "name": self.name,
            "judged": self.judged,
            "reason": self.reason,
            "checked": self.checked,
        }


class Report:
    """Findings, most urgent first, and every source with what became of it."""

    __slots__ = ("findings", "since", "sources", "until")

    def __init__(
        self,
        findings: tuple[Finding, ...],
        sources: tuple[Source, ...],
        *,
        since: datetime,
        until: datetime,
    ) -> None:
        self.findings = findings
        self.sources = sources
        self.since = since
        self.until = until

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "findings": self.findings,
            "sources": self.sources,
            "since": self.since,
            "until": self.until,
        }

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def exit_status(self) -> int:
        """3 when nothing could be judged, 1 when something is urgent, else 0."""
        if not any(source.judged for source in self.sources):
            return 3
        return 1 if self.count(Severity.P1) else 0
