"""The review of a quarter: for the terminal, and as a SEAM report in Markdown, ASCII, with provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.procedure_review import ADVICE, KEEP, RETIRE, REWRITE, WAIT
from codesentinel.model.satellites import VERIFIED
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.markdown import literal
from codesentinel.render.procedure_health_text import effect_text, feedback_text, interval_text
from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import ratio_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.procedure_review import Advice, QuarterReview

_WORDS = {REWRITE: "to rewrite", RETIRE: "to retire", KEEP: "to keep", WAIT: "too early to say"}
_HEAD = "| procedure | do | why | runs | failed | given up | median | clear | useful |"
_RULE = "|---|---|---|---:|---|---|---:|---:|---:|"


def quarter_text(found: QuarterReview) -> str:
    """A line for each procedure, and a closing line."""
    rows = [("SATELLITE", "PROCEDURE", "DO", "WHY")]
    rows += [
        (escaped(satellite.satellite), escaped(one.procedure), one.advice, escaped("; ".join(one.reasons)))
        for satellite in found.satellites
        for one in satellite.procedures
    ]
    return "\n".join([*aligned(rows), f"{found.quarter}: {_counts(found)}", *map(escaped, found.notes)])


def quarter_markdown(found: QuarterReview, *, session: str, version: str, made_at: float) -> str:
    """The report."""
    every = [one for satellite in found.satellites for one in satellite.procedures]
    parts = [
        f"# Review of satellites, {found.quarter}",
        f"**{_counts(found)}**",
        "\n".join(
            (
                f"- runs that began from {rfc3339(found.since)[:10]} to {rfc3339(found.until)[:10]} (UTC)",
                f"- made {rfc3339(made_at)} by codesentinel {version}, session {literal(session)}",
                f"- from {sum(found.sources.values())} runs that ended: {_sources(found)}",
            )
        ),
    ]
    for satellite in found.satellites:
        rows = [_row(one) for one in satellite.procedures]
        parts += [f"## {literal(satellite.satellite)}", "\n".join([_HEAD, _RULE, *rows])]
    parts += ["## Security", "\n".join(_security(found, every))]
    parts += ["## Efficiency", "\n".join(_efficiency(every))]
    parts += ["## Minimalism", "\n".join(_minimalism(every))]
    if found.notes:
        parts += ["\n".join(f"- {literal(note)}" for note in found.notes)]
    return "\n\n".join(parts) + "\n"


def _counts(found: QuarterReview) -> str:
    return ", ".join(f"{found.count(advice)} {_WORDS[advice]}" for advice in ADVICE)


def _sources(found: QuarterReview) -> str:
    total = sum(found.sources.values())
    shares = [f"{100 * runs / total:.0f}% {name}" for name, runs in found.sources.items()] if total else []
    return ", ".join(shares) or "none"


def _row(one: Advice) -> str:
    why = literal("; ".join(one.reasons))
    health = one.health
    if health is None:
        return f"| {literal(one.procedure)} | {one.advice} | {why} | 0 | | | | | |"
    ends, middle = health.ends, health.times.median
    cells = (
        literal(one.procedure),
        one.advice,
        why,
        str(ends.runs),
        interval_text(ends.failure_ratio),
        ratio_text(ends.aborted_ratio.estimate) if ends.aborted_ratio else "-",
        "-" if middle is None else format_duration(middle),
        *feedback_text(health.feedback),
    )
    return f"| {' | '.join(cells)} |"


def _security(found: QuarterReview, every: list[Advice]) -> Iterator[str]:
    """What can be relied on: who says that it works, and what surely does not."""
    total, checked = sum(found.sources.values()), found.sources.get(VERIFIED, 0)
    yield f"- {checked} of {total} runs were checked by a command; the rest is what agents say, or a guess."
    unchecked = [one for one in every if one.health and VERIFIED not in one.health.status_sources]
    if unchecked:
        yield f"- never checked: {_names(unchecked)}"
    for one in every:
        effect = one.health.edit_effect if one.health else None
        if effect:
            yield f"- last edit of {literal(one.procedure)}: {literal(effect_text(effect))}"


def _efficiency(every: list[Advice]) -> Iterator[str]:
    """Where the runs and the time go."""
    used = sorted((one for one in every if one.health), key=lambda one: -_seconds(one))
    for one in used[:5]:
        if one.health and one.health.times.median is not None:
            yield (
                f"- {literal(one.procedure)}: {one.health.ends.runs} runs, half of them within"
                f" {format_duration(one.health.times.median)}"
            )
    if not used:
        yield "- nothing ran."


def _minimalism(every: list[Advice]) -> Iterator[str]:
    """What can go."""
    retired = [one for one in every if one.advice == RETIRE]
    names = f": {_names(retired)}" if retired else "."
    yield f"- {len(every)} procedures, of which {len(retired)} can go{names}"


def _names(some: list[Advice]) -> str:
    return ", ".join(literal(one.procedure) for one in some)


def _seconds(one: Advice) -> float:
    return (one.health.times.median or 0.0) * one.health.ends.runs if one.health else 0.0
