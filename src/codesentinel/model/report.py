"""Report: what a review found, and what it could not judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from codesentinel.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Source:
    """Something a review asks. ``reason`` says why it could not judge all of it, or is empty."""

    name: str
    judged: bool
    reason: str = ""
    checked: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Findings, most urgent first, and every source with what became of it."""

    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    since: datetime
    until: datetime

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def exit_status(self) -> int:
        """3 when nothing could be judged, 1 when something is urgent, else 0."""
        if not any(source.judged for source in self.sources):
            return 3
        return 1 if self.count(Severity.P1) else 0
