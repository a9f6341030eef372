"""What is strange in series, for the terminal and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned
from codesentinel.render.quantity import seconds_text
from codesentinel.render.query_text import selector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.anomaly import Anomalies, Flagged, Incident, JudgedSeries

_HEAD = ("FROM (UTC)", "FOR", "SCORE", "OBSERVED", "EXPECTED", "BETWEEN", "STRANGE IN ITS")
_NAMED = 6


def anomalies_text(found: Anomalies) -> str:
    """The spans of each series as a table, then what could not be judged."""
    lines: list[str] = []
    for one in found.series:
        if one.flagged:
            lines += [_name(one.labels), *(f"  {line}" for line in _table(one))]
    if len(found.series) > 1:
        lines += [line for incident in found.incidents for line in _incident(incident)]
    for one in found.series:
        if one.reason:
            lines.append(f"could not judge {_name(one.labels)}, because {escaped(one.reason)}")
        lines += [f"note on {_name(one.labels)}: {escaped(note)}" for note in one.notes]
    return "\n".join([*lines, _closing(found)])


def anomalies_csv(found: Anomalies) -> str:
    """``timestamp,value,anomaly_score``, a line for each sample; and ``series`` where there are several."""
    several = len(found.series) > 1
    lines = ["timestamp,value,anomaly_score" + (",series" if several else "")]
    for one in found.series:
        name = ',"{}"'.format(_name(one.labels).replace('"', '""')) if several else ""
        rows = zip(one.times.tolist(), one.values.tolist(), one.scores.tolist(), strict=True)
        lines += [
            f"{rfc3339(at)},{'' if value != value else repr(value)},{score!r}{name}"  # noqa: PLR0124 - NaN
            for at, value, score in rows
        ]
    return "\n".join(lines)


def _incident(incident: Incident) -> list[str]:
    """When, and which series, the strangest first."""
    when = f"{_moment(incident.start)} UTC for {seconds_text(incident.end - incident.start)}"
    count = len(incident.members)
    lines = [f"incident at {when}, score {incident.score:.2f}: {count} series"]
    for member in incident.members[:_NAMED]:
        span = member.span
        seen = (
            f"{span.observed:.6g} where {span.expected.lower:.6g} to {span.expected.upper:.6g} was expected"
        )
        lines.append(f"  {_name(member.labels)}: {seen}")
    return lines + ([f"  and {count - _NAMED} more"] if count > _NAMED else [])


def _moment(epoch_seconds: float) -> str:
    return rfc3339(epoch_seconds)[:19].replace("T", " ")


def _table(one: JudgedSeries) -> list[str]:
    return aligned([_HEAD, *(_row(span) for span in one.flagged)], right=range(1, 5))


def _row(span: Flagged) -> tuple[str, ...]:
    return (
        _moment(span.start),
        seconds_text(span.end - span.start),
        f"{span.score:.2f}",
        f"{span.observed:.6g}",
        f"{span.expected.estimate:.6g}",
        f"{span.expected.lower:.6g} and {span.expected.upper:.6g}",
        span.way,
    )


def _closing(found: Anomalies) -> str:
    how = "with hindsight" if found.retrospective else "online"
    several = f" ({len(found.incidents)} incidents)" if len(found.series) > 1 else ""
    return (
        f"{found.spans} strange spans{several} in {found.judged} of {len(found.series)} series judged {how}, "
        f"alarm from score {found.alarm_score:g}; {escaped(found.source)}"
    )


def _name(labels: Mapping[str, str]) -> str:
    """The series as PromQL writes it; of a file, as its column is named."""
    if set(labels) <= {"series"}:
        return escaped(labels.get("series", "value"))
    return selector(labels)
