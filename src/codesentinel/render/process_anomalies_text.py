"""Anomalies of processes, for people."""

from __future__ import annotations

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.finding import Finding


def anomalies_text(document: dict[str, Any], *, verbose: bool = False) -> str:
    """The findings, and then what they rest on."""
    lines = [line for finding in document["findings"] for line in _lines(finding, verbose=verbose)]
    hidden = document["total_findings"] - len(document["findings"])
    lines += [f"and {hidden} more"] if hidden else []
    coverage = document["coverage"]
    seen = f"{document['scanned']} processes in {document['samples']} samples over "
    seen += format_duration(document["history_seconds"])
    unreadable = sum(coverage["unreadable"].values())
    seen += f", {unreadable} unreadable" if unreadable else ""
    seen += ", others hidden by hidepid" if coverage.get("others_hidden") else ""
    lines.append(f"{document['total_findings']} findings; judged {seen}")
    if document["not_judged"]:
        lines.append(
            f"not judged for want of history: {', '.join(document['not_judged'])}"
            " (`codesentinel memory process record` keeps it)"
        )
    return "\n".join(lines)


def _lines(finding: Finding, *, verbose: bool) -> list[str]:
    since = f" (since {finding.since:%H:%M:%S} UTC)" if finding.since else ""
    lines = [
        f"{finding.severity.value:<4} {escaped(finding.summary)}{since}",
        f"     do: {escaped(finding.action)}",
    ]
    if verbose:
        facts = ", ".join(f"{name} {escaped(str(value), 160)}" for name, value in finding.evidence.items())
        lines.append(f"     {finding.kind}: {facts}")
    return lines
