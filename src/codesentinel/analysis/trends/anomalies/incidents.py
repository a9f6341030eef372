"""Spans of several series that overlap are one incident: a person is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.anomaly import Flagged, Incident, Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.anomaly import JudgedSeries, JudgedTogether

WITH_OTHERS = "values at the same time as others"


def incidents(
    series: Iterable[JudgedSeries], whole: JudgedTogether | None, slack_seconds: float
) -> tuple[Incident, ...]:
    """All incidents in the order of time; spans less than ``slack_seconds`` apart belong together."""
    members = [Member(one.labels, span) for one in series for span in one.flagged]
    for span in whole.flagged if whole else ():
        for moved in span.moved:
            flagged = Flagged(span.start, span.end, span.score, moved.observed, moved.expected, WITH_OTHERS)
            members.append(Member(moved.labels, flagged))
    return gathered(members, slack_seconds)


def gathered(members: list[Member], slack_seconds: float) -> tuple[Incident, ...]:
    """The incidents that these spans make up."""
    members = sorted(members, key=lambda member: (member.span.start, -member.span.score))
    found: list[list[Member]] = []
    end = float("-inf")
    for member in members:
        if member.span.start > end + slack_seconds:
            found.append([])
            end = member.span.end
        found[-1].append(member)
        end = max(end, member.span.end)
    return tuple(_incident(one) for one in found)


def _incident(members: Sequence[Member]) -> Incident:
    """Each series once, by its strongest span; the strangest series leads."""
    strongest: dict[tuple[tuple[str, str], ...], Member] = {}
    for member in members:
        key = tuple(sorted(member.labels.items()))
        if key not in strongest or member.span.score > strongest[key].span.score:
            strongest[key] = member
    kept = sorted(strongest.values(), key=lambda member: (-member.span.score, member.span.start))
    return Incident(
        start=min(member.span.start for member in members),
        end=max(member.span.end for member in members),
        score=kept[0].span.score,
        members=tuple(kept),
    )
