"""The evidence on a canary over time, as a picture and as a page that needs nothing else."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339
from codesentinel.render.canary_text import effect_text, evidence_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.canary_judgement import CanaryJudgement

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 30, 26
_MOST, _LEAST = 6.0, -3.0  # decades that are drawn
_HARM, _SAFE = "#c4314b", "#1a7f5a"
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.line{fill:none;stroke-width:2}"
    ".limit{stroke:#666;stroke-dasharray:5 4}"
)
_PAGE_STYLE = (
    "body{font:15px/1.45 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}"
    "svg{max-width:100%;height:auto}.PASS{color:#1a7f5a}.FAIL{color:#c4314b}.INCONCLUSIVE{color:#8a5a00}"
)


def judgement_picture(done: CanaryJudgement) -> str:
    """One chart a metric, beneath each other: evidence of harm, of its absence, and where it decides."""
    metrics = done.verdict.metrics
    charts = [
        f'<g transform="translate(0 {i * _HEIGHT})">'
        f"{_chart(done, one.name, one.evidence, one.safe_evidence)}</g>"
        for i, one in enumerate(metrics)
    ]
    height = _HEIGHT * max(len(metrics), 1)
    title = escape(f"{done.verdict.verdict}: {done.verdict.reason}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img"><title>{title}</title><style>{_STYLE}</style>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{"".join(charts)}</svg>\n'
    )


def judgement_page(done: CanaryJudgement) -> str:
    """The picture with the verdict in words above it."""
    verdict = done.verdict
    rows = "".join(
        f'<tr><td>{escape(one.name)}</td><td class="{one.outcome}">{one.outcome}</td>'
        f"<td>{effect_text(one.effect) if one.effect else '-'}</td><td>{evidence_text(one.e_value)}</td>"
        f"<td>{evidence_text(one.safe_e_value)}</td><td>{one.baseline_requests:.0f}</td>"
        f"<td>{one.canary_requests:.0f}</td><td>{escape(one.reason)}</td></tr>"
        for one in verdict.metrics
    )
    heads = ("Metric", "Outcome", "Canary / baseline", "Harm", "No harm", "Baseline", "Canary", "Reason")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Canary: {verdict.verdict}</title><style>{_PAGE_STYLE}</style></head><body>"
        f'<h1 class="{verdict.verdict}">{verdict.verdict}</h1><p>{escape(verdict.reason)}</p>'
        f"<p>Baseline <code>{escape(done.baseline)}</code>, canary <code>{escape(done.canary)}</code>, from"
        f" {rfc3339(done.since)} to {rfc3339(done.until)}.</p>"
        f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}</table>"
        f"<p>Evidence is what a fair bet would have multiplied its stake by: {1 / verdict.alpha:g} is"
        " reached wrongly once in as many cases at most, however often one looks.</p>"
        f"{judgement_picture(done)}</body></html>\n"
    )


def _chart(done: CanaryJudgement, name: str, harm: Sequence[float], safe: Sequence[float]) -> str:
    limit = _y(1 / done.verdict.alpha)
    heading = f'<tspan fill="{_HARM}">of harm</tspan> and <tspan fill="{_SAFE}">of no harm</tspan>'
    parts = [f'<text x="{_LEFT}" y="18">{escape(name)}: evidence {heading}</text>']
    for decade in range(math.ceil(_LEAST), math.floor(_MOST) + 1):
        y = _y(10.0**decade)
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:g}</text>'
        )
    parts.append(
        f'<line class="limit" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{limit:.1f}" y2="{limit:.1f}"/>'
    )
    times = done.verdict.block_times
    for values, colour in ((harm, _HARM), (safe, _SAFE)):
        points = " ".join(f"{_x(i, times):.1f},{_y(value):.1f}" for i, value in enumerate(values))
        parts.append(f'<polyline class="line" stroke="{colour}" points="{points}"/>')
    for i, anchor in ((0, "start"), (len(times) - 1, "end")):
        if 0 <= i < len(times):
            told = rfc3339(times[i])[11:19]
            parts.append(
                f'<text x="{_x(i, times):.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{told}</text>'
            )
    return "".join(parts)


def _x(i: int, times: Sequence[float]) -> float:
    """Where a block lies between the first and the last."""
    span = times[-1] - times[0] if times else 0.0
    share = (times[i] - times[0]) / span if span > 0 else 0.0
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(evidence: float) -> float:
    """On a logarithmic scale; what is beyond it lies on its edge."""
    decades = math.log10(evidence) if evidence > 0 else _LEAST
    share = (min(max(decades, _LEAST), _MOST) - _LEAST) / (_MOST - _LEAST)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)
