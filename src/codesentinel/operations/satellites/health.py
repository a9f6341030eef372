"""``satellites health``: whether procedures are used, work, take long, and got better with an edit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites.health import health_of
from codesentinel.model.errors import (
    ConfigurationError,
    CouldNotJudge,
    NoData,
    NotInstalled,
    UsageError,
)
from codesentinel.model.report import Source
from codesentinel.model.satellites import DOMAIN
from codesentinel.operations.base import Context, operation
from codesentinel.operations.fleet.sight import sight
from codesentinel.operations.memory_index import open_index
from codesentinel.operations.satellites.catalogue import read_catalogue
from codesentinel.store.archive_read import segments
from codesentinel.store.procedure_query import ProcedureQuery
from codesentinel.store.reader import domains

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding
    from codesentinel.model.procedure_health import SatelliteHealth
    from codesentinel.model.procedure_runs import RunBook

REVIEW_DAYS = 90


@operation("satellites.health", metadata=lambda found: {"procedures": len(found.procedures)})
def health(
    context: Context,
    *,
    procedure: str = "",
    since: float | None = None,
    until: float | None = None,
    agent: str = "",
    fleet: str = "",
) -> SatelliteHealth:
    """How often each version of each procedure ran and failed, how long it took, and what its edit changed.

    Args:
        context: where this runs.
        procedure: only this one, such as ``github/PROC-1``, or those of this satellite.
        since: only runs that began on the day of this moment (epoch seconds) or later; by default all.
        until: only runs that began before the end of that day; by default now.
        agent: only runs by this agent.
        fleet: the store of hosts to read; the setting ``fleet.url`` where empty, ``none`` for this workspace.

    Raises:
        NoData: no run is on record there.
        Unreachable, Unauthorized, BadAnswer: the store does not answer.
        UsageError: the window is empty.
        Failed: the index cannot be used.
    """
    now = time.time()
    end = min(until, now) if until is not None else now
    if since is not None and since >= end:
        raise UsageError("the window is empty", hint="give --since a time that has passed")
    there, unread = sight(context, fleet, domains=(DOMAIN,))
    book, behind = read_book(there, procedure=procedure, since=since or 0.0, until=end, agent=agent)
    if not book.arms and not book.opinions:
        wanted = f" of {procedure}" if procedure else ""
        raise NoData(
            f"no run{wanted} is on record",
            hint="agents tell with `codesentinel satellites start` and `finish`, their hooks, or by MCP",
        )
    known, notes = known_procedures(context) if not agent else ((), ())
    those = [name for name in known if not procedure or procedure in (name, name.rpartition("/")[0])]
    return health_of(book, known=those, notes=(*behind, *unread, *notes))


def known_procedures(context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The procedures that there are, and why they could not be read."""
    try:
        return tuple(one.id for one in read_catalogue(context).procedures), ()
    except (NotInstalled, ConfigurationError) as exc:
        return (), (f"what is never used is not known: {exc.message}",)


def read_book(
    context: Context,
    *,
    procedure: str = "",
    since: float = 0.0,
    until: float,
    agent: str = "",
) -> tuple[RunBook, tuple[str, ...]]:
    """What the index has counted, after it read on, and what it has not read."""
    index = open_index(context)
    caught_up = index.catch_up()
    notes = list(caught_up.notes)
    if caught_up.behind_bytes:
        notes.append(
            f"the index is {caught_up.behind_bytes} bytes behind the log:"
            " repeat it, or `codesentinel memory index rebuild`"
        )
    with index.reading() as connection:
        query = ProcedureQuery(
            connection,
            since=since,
            until=until,
            abandoned_before=time.time() - context.settings.satellites.run_limit_seconds,
            procedure=procedure,
            agent=agent,
        )
        return query.book(), tuple(notes)


def procedure_trouble(context: Context, now: float) -> tuple[list[Finding], Source]:
    """What ``review`` says of procedures: of the last three months."""
    book, _ = read_book(context, since=now - REVIEW_DAYS * 86400.0, until=now)
    if not book.arms:
        raise CouldNotJudge("no run of a procedure is on record")
    found = health_of(book)
    return list(found.findings), Source("procedures", judged=True, checked=len(found.procedures))


def has_satellites(context: Context) -> bool:
    """Whether anything was ever recorded of procedures."""
    return DOMAIN in domains(context.root) or bool(segments(str(context.root), DOMAIN))
