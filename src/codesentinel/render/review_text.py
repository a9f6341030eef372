"""A review for the terminal: the most urgent first, what could not be judged last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.finding import Severity
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding
    from codesentinel.model.report import Report


def review_text(report: Report) -> str:
    """The report as ASCII text."""
    lines = [line for finding in report.findings for line in _lines(finding)]
    for source in report.sources:
        if source.reason:
            word = "partly judged" if source.judged else "not judged"
            lines.append(f"{word}: {source.name}: {escaped(source.reason)}")
    return "\n".join([*lines, counts(report)])


def counts(report: Report) -> str:
    """The closing line."""
    judged = sum(source.judged for source in report.sources)
    urgent = f"{report.count(Severity.P1)} P1, {report.count(Severity.P2)} P2"
    if not judged:
        return "nothing could be judged"
    told = report.count(Severity.INFO)
    return f"{urgent}, {told} for information; {judged} of {len(report.sources)} sources judged"


def _lines(finding: Finding) -> list[str]:
    since = f" (since {finding.since:%Y-%m-%d %H:%M:%S} UTC)" if finding.since else ""
    lines = [f"{finding.severity.value:<4} {escaped(finding.summary)}{since}"]
    if finding.severity is not Severity.INFO:
        lines.append(f"     do: {escaped(finding.action)}")
        for name in ("scrape_error", "description"):
            detail = finding.evidence.get(name)
            if detail:
                lines.append(f"     {name.replace('_', ' ')}: {escaped(str(detail))}")
    return lines
