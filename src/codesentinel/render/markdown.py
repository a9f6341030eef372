"""A review as Markdown, for a repository or a ticket; foreign text can neither format nor execute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped
from codesentinel.render.document import plain
from codesentinel.render.review_text import counts

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding
    from codesentinel.model.report import Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~<>&-])")


def review_markdown(report: Report) -> str:
    """The report as a Markdown document."""
    parts = [
        "# Review",
        (
            f"{report.until:%Y-%m-%d %H:%M:%S} UTC; trends from the history since "
            f"{report.since:%Y-%m-%d %H:%M} UTC."
        ),
        f"**{counts(report)}**",
    ]
    parts += [_section(finding) for finding in report.findings]
    rows = [
        f"| {literal(s.name)} | {'yes' if s.judged else 'no'} | {s.checked} | {literal(s.reason)} |"
        for s in report.sources
    ]
    table = ["| source | judged | checked | remark |", "|---|---|---|---|", *rows]
    parts += ["## Sources", "\n".join(table)]
    return "\n\n".join(parts) + "\n"


def literal(text: str) -> str:
    """Text as itself: escaped, and with every character that Markdown or HTML would act on neutralised."""
    return _SPECIAL.sub(r"\\\1", escaped(text).replace("\\\\", "\\"))


def _section(finding: Finding) -> str:
    lines = [
        f"## {finding.severity.value}: {literal(finding.summary)}",
        "",
        f"- do: {literal(finding.action)}",
        f"- source: {literal(finding.source)}, id: {literal(finding.id)}",
    ]
    lines += [f"- {literal(name)}: {literal(str(plain(value)))}" for name, value in finding.evidence.items()]
    return "\n".join(lines)
