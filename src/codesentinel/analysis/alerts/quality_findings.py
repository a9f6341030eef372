"""What to change in rules, and what that would have done: findings on alert quality.

None is urgent: an alert that is not worth its noise is a ticket, or for the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.analysis.alerts.quality_wait import better_keep, better_wait
from codesentinel.model.duration import format_duration, prometheus_duration
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc
from codesentinel.stats.proportion import proportion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codesentinel.analysis.alerts.quality import History, Judged
    from codesentinel.analysis.alerts.quality_threshold import Threshold
    from codesentinel.model.alert_quality import RuleQuality

_MOSTLY = 0.5
_FEWEST_TOLD = 5
_SHORTEST_DAY_SECONDS = 86400.0
"""Of a shorter record nothing is always so: an incident fills an hour."""

_SHORTEST_RECORD_SECONDS = 7 * 86400.0
"""Less history says nothing about what never fires."""


def quality_findings(
    rules: Sequence[Judged], history: History, thresholds: Mapping[tuple[str, str], Threshold]
) -> list[Finding]:
    """Every finding on every rule, and one on all that never fired."""
    found: list[Finding] = []
    for one in rules:
        found += _waits(one, history)
        found += _unattended(one, history, thresholds)
        found += _always(one, history, thresholds)
    return found + list(_never(rules, history))


def is_noisy(quality: RuleQuality) -> bool:
    """Whether it is surely so that nobody acts on most of what it says."""
    alone = quality.unattended_ratio
    return bool(
        alone
        and alone.lower is not None
        and alone.lower > _MOSTLY
        and (quality.unattended or 0) >= _FEWEST_TOLD
    )


def is_constant(quality: RuleQuality) -> bool:
    """Whether it fires for most of the time."""
    return quality.firing_ratio > _MOSTLY


def _waits(one: Judged, history: History) -> Iterator[Finding]:
    rule, quality = one.quality.rule, one.quality
    whole = [(f, acted) for f, acted in zip(one.firings, one.attended, strict=True) if f.whole]
    wait = better_wait(rule, [f for f, _ in whole], [acted for _, acted in whole])
    if wait is not None:
        share = proportion(wait.dropped, len(whole))
        present, better = prometheus_duration(rule.for_seconds), prometheus_duration(wait.for_seconds)
        yield _finding(
            one,
            history,
            kind="alert-for",
            summary=(
                f"for: {better} would have dropped {wait.dropped} of {len(whole)} firings, which ended by "
                f"themselves, and delayed the other {wait.kept} by {format_duration(wait.delay_seconds)}"
            ),
            action=f"raise `for` from {present} to {better}",
            evidence={
                **wait._asdict(),
                "dropped_ratio": share._asdict() if share else None,
                "median_seconds": quality.median_seconds,
            },
        )
    keep = better_keep(rule, one.firings)
    if keep is not None:
        longer = prometheus_duration(keep.keep_firing_seconds)
        yield _finding(
            one,
            history,
            kind="alert-flapping",
            summary=(
                f"it fired again within half an hour {quality.flaps} times of {quality.firings}; "
                f"keep_firing_for: {longer} would have made {keep.would_be} of them"
            ),
            action=f"raise `keep_firing_for` to {longer}",
            evidence=keep._asdict(),
        )


def _unattended(
    one: Judged, history: History, thresholds: Mapping[tuple[str, str], Threshold]
) -> Iterator[Finding]:
    quality = one.quality
    alone = quality.unattended_ratio
    if not is_noisy(quality) or alone is None or alone.lower is None or alone.upper is None:
        return
    told = quality.firings if quality.told is None else quality.told
    less = "make it a ticket (P2)" if quality.rule.severity == Severity.P1.value else "delete it"
    advice, evidence = _threshold_advice(one, thresholds)
    yield _finding(
        one,
        history,
        kind="alert-unattended",
        summary=(
            f"nobody acted on {quality.unattended} of {told} firings ({alone.lower:.0%} to {alone.upper:.0%} "
            f"of such){advice}"
        ),
        action=f"raise its threshold; else {less}" if advice else f"raise its threshold, or {less}",
        evidence={
            "unattended": quality.unattended,
            "told": told,
            "unattended_ratio": alone._asdict(),
            **evidence,
        },
    )


def _always(
    one: Judged, history: History, thresholds: Mapping[tuple[str, str], Threshold]
) -> Iterator[Finding]:
    quality = one.quality
    if history.covered.seconds < _SHORTEST_DAY_SECONDS or not is_constant(quality):
        return
    if quality.rule.severity not in (Severity.P1.value, Severity.P2.value):
        return
    advice, evidence = _threshold_advice(one, thresholds)
    yield _finding(
        one,
        history,
        kind="alert-constant",
        summary=f"it fired for {quality.firing_ratio:.0%} of the time: what is always so is no alert{advice}",
        action="mend its cause, raise its threshold, or delete it",
        evidence={"firing_ratio": quality.firing_ratio, **evidence},
    )


def _threshold_advice(
    one: Judged, thresholds: Mapping[tuple[str, str], Threshold]
) -> tuple[str, dict[str, Any]]:
    better = thresholds.get(one.quality.rule.key)
    if better is None:
        return "", {}
    words = (
        f"; at {better.operator} {better.proposed:g} instead of {better.present:g} it would have fired "
        f"{better.kept} times"
    )
    return words, {"threshold": better._asdict()}


def _never(rules: Sequence[Judged], history: History) -> Iterator[Finding]:
    if history.covered.seconds < _SHORTEST_RECORD_SECONDS:
        return
    names = [
        f"{one.quality.rule.name} {one.quality.rule.severity}".strip()
        for one in rules
        if not one.quality.firings and not one.quality.near_misses
    ]
    if names:
        yield Finding(
            kind="alert-never-fired",
            subject=f"{len(names)} of {len(rules)} rules",
            severity=Severity.INFO,
            summary=(
                f"{len(names)} of {len(rules)} rules neither fired nor came near it within "
                f"{format_duration(history.covered.seconds)}"
            ),
            action="`codesentinel alerts test` shows that each can fire; delete those that nobody would miss",
            source="alerts",
            evidence={"rules": names},
            since=utc(history.covered.since),
            until=utc(history.covered.until),
        )


def _finding(
    one: Judged, history: History, *, kind: str, summary: str, action: str, evidence: Mapping[str, Any]
) -> Finding:
    rule = one.quality.rule
    subject = f"{rule.name} {rule.severity}".strip()
    return Finding(
        kind=kind,
        subject=subject,
        severity=Severity.P2,
        summary=f"{subject}: {summary}",
        action=action,
        source="alerts",
        evidence={"firings": one.quality.firings, **evidence},
        since=utc(history.covered.since),
        until=utc(history.covered.until),
    )
