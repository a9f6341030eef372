"""Reading the log, searching it, checking that nobody changed it, and archiving its old part."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypedDict

from codesentinel.model.errors import CouldNotJudge, Failed, NoData, UsageError
from codesentinel.model.record import ArchiveRun, CaughtUp, ChainVerdict, LogAnswer, SearchAnswer
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.fleet.sight import sight
from codesentinel.operations.memory_index import open_index
from codesentinel.store.archive import archive_log
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.index_sources import files, known
from codesentinel.store.integrity import check_chain
from codesentinel.store.log_scan import newest_events
from codesentinel.store.search import search as search_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PATIENT_BYTES = 512 * 1024 * 1024  # read into the index first: an answer without the newest events is none
DAY_SECONDS = 86400.0


class _Wanted(TypedDict):
    """Which events."""

    since: str
    until: str
    action: str
    failed: bool
    limit: int


@operation("memory.log", metadata=lambda answer: {"events": len(answer.events)})
def log(
    context: Context,
    *,
    domains: Sequence[str] = (),
    since: float | None = None,
    until: float | None = None,
    action: str = "",
    failed: bool = False,
    limit: int = 100,
    fleet: str = "",
) -> LogAnswer:
    """The newest events of an interval in the order of their times.

    Args:
        context: where this runs.
        domains: only these; empty for all.
        since: seconds since the epoch, inclusive.
        until: exclusive.
        action: only this action; of satellites the procedure.
        failed: only what did not succeed.
        limit: how many at most; 0 for all.
        fleet: the store of hosts to read; the setting ``fleet.url`` where empty, ``none`` for this workspace.

    Raises:
        NoData: a domain has no log.
        Unreachable, Unauthorized, BadAnswer: the store does not answer.
    """
    there, unread = sight(context, fleet, domains=domains, since=since, until=until)
    _require(there, domains)
    index = open_index(there)
    wanted = _Wanted(
        since="" if since is None else rfc3339(since),
        until="" if until is None else rfc3339(until),
        action=action,
        failed=failed,
        limit=limit,
    )
    try:
        caught_up = index.catch_up(_PATIENT_BYTES)
        with index.reading() as connection:
            query = IndexQuery(connection, index.root)
            events = tuple(query.read(query.events(domains, **wanted)))
    except Failed as exc:  # a disk that is full or broken must not hide what happened on it
        notes = [f"read without the index: {exc.message}"]
        found = newest_events(str(there.root), domains or _domains(there), **wanted, notes=notes)
        return LogAnswer(tuple(found), CaughtUp(0, 0, busy=False), (*notes, *unread))
    return LogAnswer(events, caught_up, (*caught_up.notes, *query.notes, *unread))


@operation("memory.search", metadata=lambda answer: {"hits": len(answer.hits)})
def search(
    context: Context, *, text: str, domains: Sequence[str] = (), limit: int = 50, fleet: str = ""
) -> SearchAnswer:
    """The newest lines that hold ``text``, upper or lower case; ``limit`` 0 gives all.

    ``fleet`` is the store of hosts to read; by default that of the settings, ``none`` for this workspace.

    Raises:
        UsageError: nothing is sought.
        NoData: a domain has no log.
        Unreachable, Unauthorized, BadAnswer: the store does not answer.
    """
    if not text:
        raise UsageError("no text to search for", hint="codesentinel memory search TEXT")
    there, unread = sight(context, fleet, domains=domains)
    _require(there, domains)
    notes = list(unread)
    hits = search_logs(str(there.root), domains or _domains(there), text, limit=limit, notes=notes)
    return SearchAnswer(tuple(hits), tuple(notes))


def _facts(verdict: ChainVerdict) -> Mapping[str, object]:
    breaks = [list(found) for state in verdict.domains for found in state.breaks]
    return {"heads": {state.domain: state.head for state in verdict.domains}, "breaks": breaks[:10]}


@operation("memory.verify", metadata=_facts)
def verify(
    context: Context,
    *,
    heads: Mapping[str, str] | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> ChainVerdict:
    """Walk every log, archives included, and say where it is not what was written.

    The heads that the index remembers must still be there, as must those in ``heads``, which were
    noted elsewhere: domain to chain value. ``progress`` is told the domain and the offset reached.

    Raises:
        NoData: there is no log.
    """
    remembered = _witnesses(context)
    given = dict(heads or {})
    domains = sorted({*_domains(context), *remembered, *given})
    if not domains:
        raise NoData("there is no log to verify", hint="every command writes one")
    states = []
    for domain in domains:
        witnesses = dict(remembered.get(domain, {}))
        if domain in given:
            witnesses.setdefault(given[domain].lower(), 0)

        def advance(offset: int, domain: str = domain) -> None:
            if progress:
                progress(domain, offset)

        states.append(check_chain(str(context.root), domain, witnesses, advance))
    return ChainVerdict(tuple(states), sum(map(len, remembered.values())))


@operation("memory.archive", Effect.WRITE, metadata=lambda run: {"moved": [list(one) for one in run.domains]})
def archive(
    context: Context,
    *,
    domains: Sequence[str] = (),
    keep_seconds: float = 90 * DAY_SECONDS,
    dry_run: bool = False,
) -> ArchiveRun:
    """Move events older than ``keep_seconds`` from the logs into Parquet files beside them.

    Raises:
        NotInstalled: no DuckDB.
        NoData: a domain has no log.
        Failed: a log could not be archived; no line of it is lost.
    """
    _require(context, domains)
    before = rfc3339(time.time() - keep_seconds)
    moved = []
    for domain in domains or _domains(context):
        context.tell(f"archiving {domain}")
        moved.append(archive_log(str(context.root), domain, before, dry_run=dry_run))
    return ArchiveRun(tuple(moved), dry_run)


def _domains(context: Context) -> list[str]:
    """Those with a log or an archive."""
    return sorted({file.domain for file in files(str(context.root)) if file.kind != "snapshot"})


def _require(context: Context, domains: Sequence[str]) -> None:
    there = _domains(context)
    for domain in domains:
        if domain not in there:
            raise NoData(f"there is no log {domain!r}", hint=f"there are: {', '.join(there) or 'none'}")


def _witnesses(context: Context) -> dict[str, dict[str, int]]:
    """Domain to the chain values that the index read once, with their offsets."""
    found: dict[str, dict[str, int]] = {}
    try:
        with open_index(context).reading() as connection:
            rows = connection.execute("SELECT domain, head, offset FROM witnesses").fetchall()
            sources = known(connection).values()
    except CouldNotJudge:
        return found
    for domain, head, offset in rows:
        found.setdefault(domain, {})[head] = offset
    for source in sources:
        if source.kind == "log" and source.head:
            found.setdefault(source.domain, {})[source.head] = source.offset
    return found
