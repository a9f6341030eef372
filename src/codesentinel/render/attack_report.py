"""The report on a run of calamum, as Markdown and as one HTML page, in the three parts of SEAM."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from codesentinel.model.attack import BROKEN, FAILED, HELD, SKIPPED
from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped
from codesentinel.render.attack_text import pressure_told
from codesentinel.stats.proportion import exact_proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.attack import AttackRun, CaseResult, Change
    from codesentinel.model.interval import Interval

_ORDER = (FAILED, BROKEN, SKIPPED, HELD)


def attack_markdown(done: AttackRun, changes: Sequence[Change] = ()) -> str:
    """ASCII, three headings, provenance and a verdict; what failed stands first."""
    lines = [
        "# Calamum: what was attacked, and what held",
        "",
        f"**Verdict: {done.verdict}** - {_counted(done)}.",
        "",
        (
            f"Run {done.run} of codesentinel {done.version}, begun {done.started_at}, "
            f"{format_duration(done.seconds)} long; targets {', '.join(done.targets)}; seed {done.seed}."
        ),
        "",
        *_changed(changes),
        "## Security",
        "",
        *_table([case for case in done.cases if not case.quality]),
        "## Efficiency",
        "",
        *_quality(done.cases),
        "## Minimalism",
        "",
        *_minimal(done),
    ]
    return "\n".join(lines) + "\n"


def attack_html(done: AttackRun, changes: Sequence[Change] = ()) -> str:
    """The same as one page that asks nothing of any server."""
    rows = "".join(
        f'<tr class="{case.outcome}"><td>{case.outcome}</td><td>{_safe(f"{case.target}/{case.case}")}</td>'
        f"<td>{_safe(case.title)}<small>{_safe(case.detail)}</small></td>"
        f"<td>{_safe(' '.join(case.tags))}</td><td>{case.seconds:.2f}</td></tr>"
        for case in _sorted(done.cases)
    )
    rest = _safe("\n".join([*_changed(changes), *_quality(done.cases), *_minimal(done)]))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Calamum</title>'
        "<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;text-align:left;"
        "border-bottom:1px solid #ddd;vertical-align:top}small{display:block;color:#666}"
        ".failed td:first-child,.broken td:first-child{color:#b00;font-weight:bold}"
        ".held td:first-child{color:#080}pre{white-space:pre-wrap}</style>"
        f"<h1>Calamum: {done.verdict}</h1><p>{_safe(_counted(done))}. Run {_safe(done.run)},"
        f" seed {done.seed}, codesentinel {_safe(done.version)}, {_safe(done.started_at)}.</p>"
        "<table><thead><tr><th>outcome<th>case<th>what should hold<th>ids<th>seconds</thead>"
        f"<tbody>{rows}</tbody></table><pre>{rest}</pre></html>\n"
    )


def _counted(done: AttackRun) -> str:
    return ", ".join(f"{number} {name}" for name, number in done.counts.items() if number) or "nothing ran"


def _sorted(cases: Iterable[CaseResult]) -> list[CaseResult]:
    return sorted(cases, key=lambda case: _ORDER.index(case.outcome))


def _table(cases: Sequence[CaseResult]) -> list[str]:
    if not cases:
        return ["No guard was attacked.", ""]
    lines = ["| outcome | case | what should hold | ids | seconds |", "|---|---|---|---|---|"]
    for case in _sorted(cases):
        seen = pressure_told(case.observed) if case.observed else ""
        told = ": ".join(part for part in (case.title, case.detail, seen) if part)
        words = (case.outcome, f"{case.target}/{case.case}", told, " ".join(case.tags), f"{case.seconds:.2f}")
        lines.append("| " + " | ".join(_cell(word) for word in words) + " |")
    return [*lines, ""]


def _quality(cases: Sequence[CaseResult]) -> list[str]:
    """How well faults were noticed, each kind with a 95% interval (Clopper-Pearson)."""
    rows: dict[str, dict[str, float]] = {}
    for case in cases:
        for kind, one in case.quality.items():
            row = rows.setdefault(kind, {"fault": one["is_fault"], "started": 0, "found": 0, "slowest": 0.0})
            row["started"] += one["started"]
            row["found"] += one["found"]
            row["slowest"] = max([row["slowest"], *one["seconds"]])
    if not rows:
        return ["No fault was started that had to be noticed.", ""]
    lines = ["| process | fault | named | share, 95% interval | slowest |", "|---|---|---|---|---|"]
    for kind, row in sorted(rows.items(), key=lambda item: (not item[1]["fault"], item[0])):
        started, found = int(row["started"]), int(row["found"])
        share = exact_proportion(found, started)
        slowest = f"{row['slowest']:.1f} s" if found else "-"
        lines.append(
            f"| {_cell(kind)} | {'yes' if row['fault'] else 'no'} | {found} of {started} "
            f"| {_share(share)} | {slowest} |"
        )
    return [*lines, ""]


def _share(share: Interval | None) -> str:
    return "-" if share is None else f"{share.estimate:.0%} ({share.lower:.0%} to {share.upper:.0%})"


def _minimal(done: AttackRun) -> list[str]:
    inside = ", ".join(done.sandbox.get("namespaces", ())) or "none"
    lines = [f"- Ran inside namespaces of its own: {inside}."]
    lines += [
        f"- Without {name}: {escaped(str(why))}." for name, why in done.sandbox.get("missing", {}).items()
    ]
    left = [f"- LEFT BEHIND: {escaped(one)}" for one in done.left_over]
    return [*lines, *(left or ["- Left no process, mount or folder behind."])]


def _changed(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    lines = ["## Against the run before", ""]
    lines += [f"- {_cell(one.name)}: {one.before} before, {one.now} now" for one in changes]
    return [*lines, ""]


def _cell(text: str) -> str:
    return escaped(text).replace("|", "\\|")


def _safe(text: str) -> str:
    return html.escape(escaped(text))
