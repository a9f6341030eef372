"""Findings on procedures: those that fail, are given up, are slow, unclear, unused, or were worsened."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from codesentinel.model.finding import Finding, Severity
from codesentinel.model.procedure_health import BETTER, WORSE
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.interval import Interval
    from codesentinel.model.procedure_health import Ends, ProcedureHealth

SOURCE = "procedures"
FAILING_RATIO = 0.2
"""A procedure whose failure ratio is above this for sure (its interval lies above) needs somebody."""
FEWEST_RUNS = 5
UNCLEAR = 2.5
FEWEST_ANSWERS = 3
_SLOW_SECONDS, _SLOW_TIMES = 600.0, 3.0
_SLOW_RUNS = 10


def procedure_findings(
    procedures: Sequence[ProcedureHealth], unused: Sequence[str], *, since: float
) -> list[Finding]:
    """What needs somebody, of the versions that are in use."""
    current = [one for one in procedures if one.is_current]
    medians = [one.times.median for one in current if one.times.median is not None]
    usual = median(medians) if medians else 0.0
    found = [finding for one in current for finding in _of_one(one, usual)]
    return found + [_unused(name, since) for name in unused]


def is_failing(one: ProcedureHealth) -> bool:
    """Whether it surely fails too often."""
    return _is_surely_above(one.ends, one.ends.failure_ratio)


def is_given_up(one: ProcedureHealth) -> bool:
    """Whether agents surely give it up too often."""
    return _is_surely_above(one.ends, one.ends.aborted_ratio)


def is_unclear(one: ProcedureHealth) -> bool:
    """Whether enough of those who followed it say that it is not clear."""
    clarity = one.feedback.clarity
    return (
        clarity.shrunken is not None and sum(clarity.counts) >= FEWEST_ANSWERS and clarity.shrunken <= UNCLEAR
    )


def is_slow(one: ProcedureHealth, usual: float) -> bool:
    """Whether half of its runs take ten minutes, and three times what procedures usually take here."""
    middle = one.times.median
    return (
        middle is not None
        and one.ends.runs >= _SLOW_RUNS
        and middle >= max(_SLOW_SECONDS, _SLOW_TIMES * usual)
    )


def _is_surely_above(ends: Ends, ratio: Interval | None) -> bool:
    """Two failures of three runs have such an interval too, and are an accident."""
    return ends.runs >= FEWEST_RUNS and ratio is not None and (ratio.lower or 0.0) > FAILING_RATIO


def _of_one(one: ProcedureHealth, usual: float) -> Iterable[Finding]:
    ends, effect = one.ends, one.edit_effect
    if is_failing(one) and ends.failure_ratio:
        yield _finding(
            one,
            "failing",
            Severity.P2,
            f"{one.id} fails in {ends.failures} of {ends.runs} runs "
            f"({_percent(ends.failure_ratio.lower)} or more)",
        )
    if is_given_up(one):
        yield _finding(
            one, "given_up", Severity.P2, f"agents give {one.id} up in {ends.aborted} of {ends.runs} runs"
        )
    if effect and effect.verdict == WORSE and effect.difference:
        yield _finding(
            one,
            "worsened",
            Severity.P2,
            f"{one.id} fails more often since its last edit: {effect.before[0]} of {effect.before[1]} runs "
            f"before, {effect.after[0]} of {effect.after[1]} after",
            effect.as_document(),
        )
    if effect and effect.verdict == BETTER:
        yield _finding(
            one,
            "improved",
            Severity.INFO,
            f"{one.id} fails less often since its last edit: {effect.before[0]} of {effect.before[1]} runs "
            f"before, {effect.after[0]} of {effect.after[1]} after",
            effect.as_document(),
        )
    if is_unclear(one):
        yield _finding(
            one,
            "unclear",
            Severity.INFO,
            f"{one.id} is called unclear: {_answers(one.feedback.clarity.counts)} for clarity",
            one.feedback.as_document(),
        )
    if is_slow(one, usual):
        yield _finding(
            one,
            "slow",
            Severity.INFO,
            f"{one.id} takes {one.times.median:.0f} s in half of its runs, {usual:.0f} s is usual here",
        )


def _finding(
    one: ProcedureHealth,
    kind: str,
    severity: Severity,
    summary: str,
    evidence: dict[str, object] | None = None,
) -> Finding:
    sources = {name: ends.runs for name, ends in one.status_sources.items()}
    return Finding(
        kind=f"procedure.{kind}",
        subject=one.id,
        severity=severity,
        summary=summary,
        action=f"codesentinel satellites health --procedure {one.id}",
        source=SOURCE,
        evidence={"version": one.version, "status_sources": sources, **(evidence or one.ends.as_document())},
        since=utc(one.first_at) if one.first_at > 0 else None,
    )


def _unused(name: str, since: float) -> Finding:
    return Finding(
        kind="procedure.unused",
        subject=name,
        severity=Severity.INFO,
        summary=f"{name} was not used",
        action="codesentinel satellites review",
        source=SOURCE,
        since=utc(since) if since > 0 else None,
    )


def _percent(ratio: float | None) -> str:
    return f"{100 * (ratio or 0.0):.0f} %"


def _answers(counts: Sequence[int]) -> str:
    return ", ".join(f"{count} x {answer}" for answer, count in enumerate(counts, 1) if count)
