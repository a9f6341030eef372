"""How many series there are, and which label explodes, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned

if TYPE_CHECKING:
    from codesentinel.model.cardinality import Cardinality
    from codesentinel.model.finding import Finding

_SHOWN = 5
_WIDEST = 60


def cardinality_text(found: Cardinality) -> str:
    """The findings, then the largest of each kind."""
    lines = [line for finding in found.findings for line in _lines(finding)]
    lines += (
        ["", f"{found.status.series} series in {escaped(found.status.server)}"]
        if lines
        else [f"{found.status.series} series in {escaped(found.status.server)}, nothing beyond its limit"]
    )
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {
        ("METRIC", "SERIES"): [(one.name, str(one.series)) for one in found.status.metrics],
        ("LABEL", "VALUES"): [(one.name, str(one.values)) for one in found.status.labels],
        ("LABEL=VALUE", "SERIES"): [(f"{p.label}={p.value}", str(p.series)) for p in found.status.pairs],
        ("JOB", "SERIES", "NEW IN 1H", "NEW IN 1D"): [
            (job.job, str(job.active), str(job.made_last_hour), str(job.made_last_day)) for job in found.churn
        ],
    }
    for head, rows in tables.items():
        shown = [(escaped(name, _WIDEST), *rest) for name, *rest in rows[:_SHOWN]]
        if shown:
            lines += ["", *aligned([head, *shown], right=tuple(range(1, len(head))))]
    return "\n".join(lines)


def _lines(finding: Finding) -> list[str]:
    lines = [
        f"{finding.severity.value:<4} {escaped(finding.summary)}",
        f"     do: {escaped(finding.action)}",
    ]
    sample = finding.evidence.get("sample")
    if sample:
        lines.append(f"     such as {', '.join(escaped(value, _WIDEST) for value in sample)}")
    snippet = finding.evidence.get("metric_relabel_configs")
    if snippet:
        lines.append("     to stop it at the scrape, in its job's metric_relabel_configs:")
        lines += [f"       {escaped(line)}" for line in str(snippet).splitlines()]
    return lines
