"""Alert quality as text: the rules that fired, and under them what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration, prometheus_duration
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import ratio_text

if TYPE_CHECKING:
    from codesentinel.model.alert_quality import AlertQuality, RuleQuality

_HEAD = ("ALERT", "SEV", "FOR", "FIRED", "TOLD", "ALONE", "MEDIAN", "TOTAL", "OF TIME", "AGAIN", "NEARLY")


def alert_quality_text(found: AlertQuality) -> str:
    """A row for each rule that fired or came near it; notes; findings with what to do; the sum."""
    active = [one for one in found.rules if one.firings or one.near_misses]
    lines = aligned([_HEAD, *(_row(one) for one in active)]) if active else []
    lines += [f"note: {escaped(note)}" for note in found.notes]
    for finding in found.findings:
        lines.append(f"{finding.severity.value:<4} {escaped(finding.summary)}")
        lines.append(f"     do: {escaped(finding.action)}")
    total = sum(one.firings for one in found.rules)
    span = format_duration(found.covered_seconds)
    lines.append(
        f"{len(found.rules)} rules, {total} firings within {span} on record, "
        f"{found.acts} acts; {len(found.findings)} findings"
    )
    return "\n".join(lines)


def _row(one: RuleQuality) -> tuple[str, ...]:
    return (
        escaped(one.rule.name),
        escaped(one.rule.severity) or "-",
        prometheus_duration(one.rule.for_seconds),
        str(one.firings),
        _count(one.told),
        _count(one.unattended),
        "-" if one.median_seconds is None else format_duration(one.median_seconds),
        format_duration(one.total_seconds),
        ratio_text(one.firing_ratio),
        str(one.flaps),
        str(one.near_misses),
    )


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)
