"""Verdicts on canaries, for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codesentinel.model.canary import ERRORS, LATENCY, SERIES
from codesentinel.model.duration import format_duration
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import ratio_text

if TYPE_CHECKING:
    from codesentinel.model.canary import CanaryVerdict, MetricVerdict, Threshold
    from codesentinel.model.canary_judgement import CanaryJudgement
    from codesentinel.model.interval import Interval

_WHAT = {LATENCY: "requests slower than", ERRORS: "failed requests"}


def judgement_text(done: CanaryJudgement) -> str:
    """The verdict, each metric with what it rests on, and how to read it."""
    verdict = done.verdict
    lines = [f"{verdict.verdict} {escaped(verdict.reason)}"]
    for one in verdict.metrics:
        lines += ["", *_metric(one)]
    lines += [f"note: {escaped(note)}" for note in verdict.notes]
    lines += ["", _closing(done)]
    return "\n".join(lines)


def look_text(verdict: CanaryVerdict) -> str:
    """One line for one of many looks."""
    told = ", ".join(f"{escaped(one.name)} {evidence_text(one.e_value)}" for one in verdict.metrics)
    return f"{verdict.verdict} after {len(verdict.block_times)} blocks; evidence of harm: {told}"


def _metric(one: MetricVerdict) -> list[str]:
    role = "" if one.critical else " (not critical)"
    lines = [f"{one.outcome} {escaped(one.name)}{role}: {escaped(one.reason)}"]
    if one.effect is not None and one.evidence:
        lines.append(f"     canary / baseline {effect_text(one.effect)}")
        harm, safe = evidence_text(one.e_value), evidence_text(one.safe_e_value)
        lines.append(f"     evidence of harm {harm}, of its absence {safe}")
    elif one.effect is not None:
        lines.append(f"     canary / baseline {one.effect.estimate:.3g}")
    lines += [f"       {_threshold(one, part)}" for part in one.thresholds]
    if one.noise_floor is not None and one.noise_floor > 1:
        lines.append(f"     instances alone differ by up to {one.noise_floor:.3g} times")
    what = "requests" if one.kind != SERIES else "values"
    lines.append(f"     {what}: baseline {one.baseline_requests:.0f}, canary {one.canary_requests:.0f}")
    return lines


def _threshold(one: MetricVerdict, part: Threshold) -> str:
    if one.kind in _WHAT:
        what = _WHAT[one.kind] + (f" {format_duration(part.bound)}" if part.bound is not None else "")
        shares = f"{ratio_text(part.baseline)} -> {ratio_text(part.canary)}"
    else:
        what, shares = "for each request", f"{part.baseline:.4g} -> {part.canary:.4g}"
    return f"{what}: {shares}, {effect_text(part.effect)}"


def effect_text(effect: Interval) -> str:
    """``1.63 (1.5 to 1.7)``; a bound that nothing is known of is left open."""
    estimate = f"{effect.estimate:.3g}" if math.isfinite(effect.estimate) else "unknown"
    low = f"{effect.lower:.3g}" if effect.lower else "0"
    known = effect.upper is not None and math.isfinite(effect.upper)
    return f"{estimate} ({low} to {effect.upper:.3g})" if known else f"{estimate} (at least {low})"


def evidence_text(e_value: float) -> str:
    """As a number of at most five digits: what is beyond a million is beyond doubt."""
    return "over 1000000" if e_value > 1e6 else f"{e_value:.3g}" if e_value >= 0.001 else "0"


def _closing(done: CanaryJudgement) -> str:
    verdict = done.verdict
    window = f"from {rfc3339(done.since)} to {rfc3339(done.until)}"
    if not verdict.block_times:
        return f"{done.judge} judged {window} in {escaped(done.source)}"
    return (
        f"{done.judge} judged {len(verdict.block_times)} blocks {window} in {escaped(done.source)};"
        f" evidence of {1 / verdict.alpha:g} decides: it is wrong once in as many cases at most"
    )
