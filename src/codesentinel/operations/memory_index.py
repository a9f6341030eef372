"""Questions to the archive index, and its upkeep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import NoData
from codesentinel.model.record import IndexAnswer, IndexStats, IndexVerdict
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.store.index import BOUND_BYTES, ArchiveIndex
from codesentinel.store.index_check import check
from codesentinel.store.index_query import IndexQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.record import CaughtUp


def open_index(context: Context) -> ArchiveIndex:
    """The index of the workspace."""
    return ArchiveIndex(context.root, context.state_dir)


@operation("memory.index_get")
def index_get(context: Context, *, key: str) -> IndexAnswer:
    """The record under a key.

    Raises:
        NoData: there is none, or its line can no longer be read.
    """
    index = open_index(context)
    caught_up = index.catch_up()
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        found = query.get(key)
    if found is None:
        raise NoData(
            f"no record has the key {key}", hint=_behind(caught_up) or "see `codesentinel memory index scan`"
        )
    if found.record is None:
        why = "; ".join(query.notes) or "the log was changed"
        raise NoData(
            f"the record {key} can no longer be read: {why}", hint="see `codesentinel memory verify`"
        )
    return IndexAnswer((), (found,), caught_up)


@operation("memory.index_scan", metadata=lambda answer: {"rows": len(answer.rows)})
def index_scan(context: Context, *, prefix: str = "", limit: int = 0) -> IndexAnswer:
    """The rows whose keys begin with ``prefix``, in the order of their keys; ``limit`` 0 gives all."""
    index = open_index(context)
    caught_up = index.catch_up()
    with index.reading() as connection:
        return IndexAnswer(tuple(IndexQuery(connection, index.root).scan(prefix, limit)), (), caught_up)


@operation("memory.index_subtree", metadata=lambda answer: {"processes": len(answer.records)})
def index_subtree(context: Context, *, pid: int, at: float | None = None) -> IndexAnswer:
    """A process and all its descendants in the latest snapshot, or the latest at or before ``at``.

    Raises:
        NoData: no such snapshot, or the process is not in it.
    """
    index = open_index(context)
    caught_up = index.catch_up()
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        snapshot = query.latest_snapshot(rfc3339(at) if at is not None else "")
        found = query.subtree(pid, snapshot) if snapshot else None
    if not snapshot:
        raise NoData(
            "no snapshot of processes is that old" if at is not None else "there is no snapshot of processes",
            hint="`codesentinel memory process snapshot` writes one",
        )
    if found is None:
        raise NoData(f"the snapshot of {snapshot} has no process {pid}", hint="name another time with --at")
    return IndexAnswer((), tuple(found), caught_up, snapshot)


@operation("memory.index_stats")
def index_stats(context: Context) -> IndexStats:
    """How many records of each action there are, of which files, and how far they were read."""
    index = open_index(context)
    caught_up = index.catch_up()
    with index.reading() as connection:
        counts = IndexQuery(connection, index.root).counts()
    return IndexStats(tuple(counts), tuple(index.sources()), index.size_bytes(), caught_up)


@operation(
    "memory.index_rebuild",
    Effect.WRITE,
    metadata=lambda stats: {"records": stats.caught_up.added, "size_bytes": stats.size_bytes},
)
def index_rebuild(context: Context, *, progress: Callable[[int, int], None] | None = None) -> IndexStats:
    """Make the index anew from the logs. ``progress`` is told the bytes read and the bytes to read.

    Raises:
        Failed: another process writes the index, or it cannot be written.
    """
    index = open_index(context)
    done = index.rebuild(progress)
    with index.reading() as connection:
        counts = IndexQuery(connection, index.root).counts()
    return IndexStats(tuple(counts), tuple(index.sources()), index.size_bytes(), done)


@operation("memory.index_verify", metadata=lambda verdict: {"wrong": list(verdict.wrong[:10])})
def index_verify(
    context: Context, *, full: bool = False, progress: Callable[[int, int], None] | None = None
) -> IndexVerdict:
    """Whether the index agrees with the logs: by a sample of their lines, or by all of them."""
    index = open_index(context)
    caught_up = index.catch_up(BOUND_BYTES)
    with index.reading() as connection:
        wrong, compared = check(connection, index.root, full=full, progress=progress)
    return IndexVerdict(tuple(wrong), compared, caught_up)


def _behind(caught_up: CaughtUp) -> str:
    if not caught_up.behind_bytes:
        return ""
    return f"the index is {caught_up.behind_bytes} bytes behind the log: `codesentinel memory index rebuild`"
