"""The health of procedures, from a run book."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites.edits import edit_effect
from codesentinel.analysis.satellites.ends import ends_of
from codesentinel.analysis.satellites.feedback import feedback_of, usual_answers
from codesentinel.analysis.satellites.findings import procedure_findings
from codesentinel.analysis.satellites.times import times_of
from codesentinel.analysis.satellites.trend import trends_of
from codesentinel.model.finding import ranked
from codesentinel.model.procedure_health import ProcedureHealth, SatelliteHealth
from codesentinel.model.procedure_runs import OPEN, SOURCES, Seen
from codesentinel.stats.shrinkage import pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.procedure_health import EditEffect
    from codesentinel.model.procedure_runs import ArmCount, Opinion, RunBook, Took

    Key = tuple[str, str]


def health_of(book: RunBook, *, known: Iterable[str] = (), notes: tuple[str, ...] = ()) -> SatelliteHealth:
    """Every version that ran, or was spoken of, within the book's window.

    ``known`` are the procedures that there are: what is among them and never ran is named.
    """
    arms: dict[Key, list[ArmCount]] = defaultdict(list)
    took: dict[Key, list[Took]] = defaultdict(list)
    opinions: dict[Key, list[Opinion]] = defaultdict(list)
    for arm in book.arms:
        arms[arm.procedure, arm.version].append(arm)
    for one in book.took:
        took[one.procedure, one.version].append(one)
    for said in book.opinions:
        opinions[said.procedure, said.version].append(said)
    keys = sorted({*arms, *opinions}, key=lambda key: (key[0], _seen(book, key).first_at, key[1]))
    every = {key: ends_of(arms[key]) for key in keys}
    pooled = pool([(one.failures, one.runs) for one in every.values()])
    usual = usual_answers(book.opinions)
    found = []
    for place, key in enumerate(keys):
        previous = keys[place - 1] if place and keys[place - 1][0] == key[0] else None
        is_current = place + 1 == len(keys) or keys[place + 1][0] != key[0]
        ends, seen = every[key], _seen(book, key)
        found.append(
            ProcedureHealth(
                satellite=_satellite(arms[key], opinions[key]),
                id=key[0],
                version=key[1],
                is_current=is_current,
                open=sum(arm.runs for arm in arms[key] if arm.status == OPEN),
                ends=ends,
                shrunken_ratio=pooled.shrunken(ends.failures, ends.runs) if ends.runs else None,
                times=times_of(took[key], ended=ends.runs, error=book.seconds_error),
                feedback=feedback_of(opinions[key], usual),
                edit_effect=_effect(previous, arms, key),
                status_sources={
                    source: ends_of(some)
                    for source in SOURCES[:0:-1]
                    if (some := [arm for arm in arms[key] if arm.source == source])
                },
                first_at=seen.first_at,
                last_at=seen.last_at,
            )
        )
    used = {one.id for one in found if one.ends.runs or one.open}
    unused = tuple(sorted(set(known) - used))
    ordered = tuple(sorted(found, key=_rank))
    return SatelliteHealth(
        procedures=ordered,
        trends=trends_of(book.weeks),
        findings=ranked(procedure_findings(ordered, unused, since=book.since)),
        unused=unused,
        since=book.since,
        until=book.until,
        notes=notes,
    )


def _seen(book: RunBook, key: Key) -> Seen:
    return book.seen.get(key, Seen(0.0, 0.0))


def _satellite(arms: Sequence[ArmCount], opinions: Sequence[Opinion]) -> str:
    return arms[0].satellite if arms else opinions[0].satellite


def _effect(previous: Key | None, arms: dict[Key, list[ArmCount]], key: Key) -> EditEffect | None:
    if previous is None or not arms[previous] or not arms[key]:
        return None
    return edit_effect(previous[1], arms[previous], arms[key])


def _rank(one: ProcedureHealth) -> tuple[bool, float, str, bool, float]:
    """Current versions first, the one most likely to fail before the others."""
    return (not one.is_current, -(one.shrunken_ratio or 0.0), one.id, not one.is_current, -one.first_at)
