"""What is strange at this moment and matters, as findings: looked at every minute, over many series.

At the usual threshold each series has an alarm or two a day by chance. Here a span counts only when its
latest values lie far off: farther than single values did before, and two and a half times as far as means of
as many of them did. That leaves one alarm in weeks by chance for ten series; in return no alarm mutes the
next: one by chance would hide the trouble that follows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.analysis.trends.anomalies.alarms import SENSITIVITY
from codesentinel.analysis.trends.anomalies.expected import off
from codesentinel.analysis.trends.anomalies.fitness import usable, why_not
from codesentinel.analysis.trends.anomalies.incidents import gathered
from codesentinel.analysis.trends.anomalies.spans import alarmed, described
from codesentinel.analysis.trends.anomalies.strangeness import sustained
from codesentinel.model.anomaly import Flagged, Member
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.anomaly import Incident
    from codesentinel.model.series import Series

RECENT_SECONDS = 900.0
"""A span that ended longer ago is history."""
_SEVERAL = 2


def strange_now(series: Series, now: float, sensitivity: float = SENSITIVITY) -> Flagged | None:
    """The span that lasts, or ended a moment ago, as its latest values are; None where nothing is strange.

    Raises:
        ValueError: why the series cannot be judged.
    """
    good = usable(series.values)
    reason = why_not(series.values, good)
    if reason:
        raise ValueError(reason)
    times, values = series.times[good], series.values[good]
    seen = sustained(times, values)
    for span in reversed(tuple(alarmed(seen.strange, sensitivity, is_muted=False))):
        begin, last, _ = span
        if times[last] < now - RECENT_SECONDS:
            break
        away = off(values, seen.daily, begin, last)
        if away.is_far:
            return described(times, values, seen, span)._replace(observed=away.latest)
    return None


class Strange(NamedTuple):
    """A series that is strange: its name, what it measures, the query that gives it, and the span."""

    subject: str
    what: str
    query: str
    labels: Mapping[str, str]
    span: Flagged


def findings(strange: Sequence[Strange]) -> list[Finding]:
    """One for each incident."""
    told = {id(one.span): one for one in strange}
    members = [Member(one.labels, one.span) for one in strange]
    return [
        _finding(incident, [told[id(member.span)] for member in incident.members])
        for incident in gathered(members, RECENT_SECONDS)
    ]


def _finding(incident: Incident, strange: Sequence[Strange]) -> Finding:
    leading = strange[0]
    span, others = leading.span, len(strange) - 1
    band = f"{span.expected.lower:.4g} to {span.expected.upper:.4g}"
    also = f", and {others} other series with it" if others else ""
    return Finding(
        kind="anomaly",
        subject=leading.subject,
        severity=Severity.P2 if len(strange) >= _SEVERAL else Severity.INFO,
        summary=f"{leading.what}: {span.observed:.4g} where {band} was expected{also} ({leading.subject})",
        action=f"codesentinel trends anomalies '{leading.query}' --since 1d --step 1m",
        source="history",
        evidence={
            "score": incident.score,
            "strange_in": span.way,
            "series": [
                {"subject": one.subject, "what": one.what, **one.span.as_document()} for one in strange
            ],
        },
        since=utc(incident.start),
        until=utc(incident.end),
    )
