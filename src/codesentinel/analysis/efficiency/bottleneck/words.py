"""What was found, in sentences and as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.efficiency.bottleneck.troubles import ERRORS, LATENCY
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.analysis.efficiency.bottleneck.question import Question
    from codesentinel.analysis.efficiency.bottleneck.troubles import Seen
    from codesentinel.model.bottleneck import Cause, Evidence, Knee, Trouble

SOURCE = "bottleneck"
RECORD = "codesentinel profile record --pid PID"
_HINT = 0.6
"""Share of the latency that has to be accounted for, or the code is pointed to as well."""


def trouble_words(one: Trouble) -> str:
    """``3.1x as slow (26 ms to 80 ms) in 45% of the time``."""
    share = f"in {one.share_ratio:.0%} of the time"
    if one.name == LATENCY:
        times = f"{1e3 * one.usual:.3g} ms to {1e3 * one.worse:.3g} ms"
        ratio = one.worse / one.usual
        return f"{ratio:.{0 if ratio >= 10 else 1}f}x as slow ({times}) {share}"
    if one.name == ERRORS:
        return f"failing {one.worse:.1%} of requests instead of {one.usual:.1%} {share}"
    return f"answering {one.worse:.3g} requests/s instead of {one.usual:.3g}, while more wait, {share}"


def evidence_words(one: Evidence) -> str:
    """The strength, the interval and what it accounts for."""
    correlation = one.correlation
    what = f"{one.what} ({one.subject})" if one.subject else one.what
    told = (
        f"{what}: rank correlation {correlation.estimate:.2f} "
        f"({correlation.lower:.2f} to {correlation.upper:.2f}) with {one.trouble}"
    )
    if one.of == "steps":
        told += ", of their steps"
    if one.lag_seconds:
        told += f", {abs(one.lag_seconds):g} s {'ahead' if one.lag_seconds > 0 else 'behind'}"
    if one.accounts_ratio is not None:
        told += f"; accounts for {one.accounts_ratio:.0%} of what was added"
    return told + ("; saturated" if one.saturated else "")


def summary(service: str, seen: Sequence[Seen], causes: Sequence[Cause], bend: Knee, *, by_load: bool) -> str:
    """One or two sentences."""
    if not seen:
        return f"{service} does as well as ever in this window: nothing has to be explained"
    what = f"{service} is {'; '.join(trouble_words(one.trouble) for one in seen)}"
    if causes:
        return f"{what}. What limits it is {causes[0].title}"
    if by_load:
        most = f", about {bend.capacity.estimate:.3g} requests/s" if bend.capacity else ""
        return f"{what}. It goes with the load alone: it nears what the service can take{most}"
    return f"{what}. No resource explains it: look at the code"


def findings(
    question: Question,
    seen: Sequence[Seen],
    causes: Sequence[Cause],
    told: str,
    *,
    by_load: bool,
    end: float,
) -> tuple[Finding, ...]:
    """One for each cause, or the one that there is none."""
    if not seen:
        return ()
    until, profile = utc(end), question.profile or RECORD
    if causes:
        return tuple(
            Finding(
                kind=f"bottleneck-{one.cause}",
                subject=question.service,
                severity=Severity.P2 if number == 0 else Severity.INFO,
                summary=f"{question.service} is limited by {one.title}: {evidence_words(one.evidence[0])}"
                + (f"; since deployment {one.deployment}" if one.deployment else ""),
                action=_action(one, question.profile),
                source=SOURCE,
                evidence={"strength": one.strength, "metrics": [metric.name for metric in one.evidence]},
                confidence=one.strength,
                since=utc(one.since),
                until=until,
            )
            for number, one in enumerate(causes)
        )
    return (
        Finding(
            kind="bottleneck-load" if by_load else "bottleneck-unexplained",
            subject=question.service,
            severity=Severity.P2,
            summary=told,
            action="add instances, or make a request cheaper: " + profile
            if by_load
            else f"look at the code: {profile}",
            source=SOURCE,
            since=utc(min(one.trouble.since for one in seen)),
            until=until,
        ),
    )


def _action(one: Cause, profile: str) -> str:
    accounted = one.evidence[0].accounts_ratio
    in_code = one.cause in ("cpu", "gc", "lock") or (accounted is not None and accounted < _HINT)
    return f"{one.action}; newest profile: {profile}" if profile and in_code else one.action
