"""The health of procedures as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.procedure_health import UNKNOWN
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import ratio_text

if TYPE_CHECKING:
    from codesentinel.model.interval import Interval
    from codesentinel.model.procedure_feedback import FeedbackView
    from codesentinel.model.procedure_health import EditEffect, ProcedureHealth, SatelliteHealth

_HEAD = ("PROCEDURE", "VERSION", "RUNS", "FAILED", "GIVEN UP", "MEDIAN", "P95", "CLEAR", "USEFUL", "KNOWN BY")
_SHORT = 8


def health_text(found: SatelliteHealth) -> str:
    """The table of versions, what their edits changed, and what needs somebody."""
    rows = [_HEAD, *(_row(one) for one in found.procedures)]
    lines = aligned(rows, right=(2, 5, 6, 7, 8))
    effects = [_effect(one.id, one.edit_effect) for one in found.procedures if one.edit_effect]
    if effects:
        lines += ["", "did the edit help? (may be looked at after every run)", *effects]
    trends = [trend for trend in found.trends if trend.direction not in (UNKNOWN, "steady")]
    lines += [f"failures of {escaped(trend.id)} are {trend.direction}" for trend in trends]
    if found.unused:
        lines += ["", f"never used: {', '.join(escaped(name) for name in found.unused)}"]
    if found.findings:
        lines.append("")
        lines += [f"{one.severity.value:<4} {escaped(one.summary)}" for one in found.findings]
    return "\n".join([*lines, *(escaped(note) for note in found.notes)])


def sources_text(one: ProcedureHealth) -> str:
    """Who says how runs ended, and in which share of them."""
    total = sum(ends.runs for ends in one.status_sources.values())
    shares = [f"{name} {ends.runs / total:.0%}" for name, ends in one.status_sources.items() if total]
    return ", ".join(shares) or "-"


def interval_text(ratio: Interval | None) -> str:
    """An estimate with its bounds, in percent."""
    if ratio is None:
        return "-"
    return f"{ratio_text(ratio.estimate)} ({ratio_text(ratio.lower)}..{ratio_text(ratio.upper)})"


def effect_text(effect: EditEffect) -> str:
    """What an edit changed, in one sentence."""
    before, after = (f"{failed} of {runs}" for failed, runs in (effect.before, effect.after))
    parts = [f"{effect.verdict}: failed {before} before, {after} after"]
    if effect.difference and effect.difference.lower is not None and effect.difference.upper is not None:
        low, high = 100 * effect.difference.lower, 100 * effect.difference.upper
        parts.append(f"a change of {low:+.0f} to {high:+.0f} points")
    if effect.verdict == UNKNOWN:
        more = effect.more_runs
        parts.append(
            f"about {more} more runs would tell"
            if more
            else "no number would tell: too few before, or too small a difference"
        )
    parts.append(f"evidence {effect.e_value:.3g} of 20")
    if effect.mix_changed:
        parts.append(f"mix changed: {effect.compared:.0%} of the runs can be compared")
    return "; ".join(parts)


def feedback_text(feedback: FeedbackView) -> tuple[str, str]:
    """Clarity and usefulness: the mean and the number of answers."""
    clear, useful = (
        "-" if one.mean is None else f"{one.mean:.1f} ({sum(one.counts)})"
        for one in (feedback.clarity, feedback.usefulness)
    )
    return clear, useful


def _row(one: ProcedureHealth) -> tuple[str, ...]:
    times = one.times
    return (
        escaped(one.id),
        escaped(one.version[:_SHORT]) or "-",
        f"{one.ends.runs}{f' +{one.open} open' if one.open else ''}",
        interval_text(one.ends.failure_ratio),
        ratio_text(one.ends.aborted_ratio.estimate) if one.ends.aborted_ratio else "-",
        "-" if times.median is None else format_duration(times.median),
        "-" if times.p95 is None else format_duration(times.p95),
        *feedback_text(one.feedback),
        sources_text(one),
    )


def _effect(name: str, effect: EditEffect | None) -> str:
    return f"{escaped(name)}: {effect_text(effect)}" if effect else ""
