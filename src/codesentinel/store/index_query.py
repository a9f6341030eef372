"""Questions to the archive index. Rows come from the database, records from the logs themselves."""

from __future__ import annotations

import heapq
import json
import os
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from codesentinel.model.errors import CodesentinelError
from codesentinel.model.record import Found, GroupCount, IndexRow
from codesentinel.store.archive_read import numbered_lines
from codesentinel.store.collection import no_collection
from codesentinel.store.index_keys import END, SNAPSHOTS, place_event, snapshot_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

_ROWS = "SELECT key, source, at, length, success FROM records"


class IndexQuery:
    """Answers from one consistent view of the index.

    Args:
        connection: the view.
        root: the workspace root.
    """

    def __init__(self, connection: sqlite3.Connection, root: str) -> None:
        self._connection = connection
        self._root = root
        found = connection.execute("SELECT id, path, kind, domain FROM sources")
        self._sources: dict[int, tuple[str, str, str]] = {row[0]: row[1:] for row in found}
        self._source_of = {path: (kind, domain) for path, kind, domain in self._sources.values()}
        self.notes: list[str] = []
        """What could not be read."""

    def get(self, key: str) -> Found | None:
        """The record under a key."""
        rows = self._rows(f"{_ROWS} WHERE key = ?", (key,))
        return next(iter(self.read(list(rows))), None)

    def scan(self, prefix: str, limit: int = 0) -> list[IndexRow]:
        """The rows whose keys begin with ``prefix``, in the order of their keys; 0 for all."""
        query = f"{_ROWS} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"
        return list(self._rows(query, (prefix, prefix + END, limit or -1)))

    def latest_snapshot(self, at: str = "") -> str:
        """The time of the latest snapshot of processes at or before a time; empty where there is none."""
        found = self._connection.execute(
            "SELECT key FROM records WHERE key > ? AND key < ? AND success IS NULL ORDER BY key DESC LIMIT 1",
            (f"{SNAPSHOTS}/", f"{SNAPSHOTS}/{at}0" if at else f"{SNAPSHOTS}/{END}"),
        ).fetchone()
        return found[0].split("/", 3)[2] if found else ""

    def subtree(self, pid: int, snapshot: str) -> list[Found] | None:
        """A process of the snapshot and all below it, parents first; None where it is not in there."""
        start = f"{SNAPSHOTS}/{snapshot}/"
        found = self._connection.execute(
            "SELECT key FROM records WHERE key >= ? AND key < ? AND (key = ? OR key LIKE ?)"
            " AND success IS NULL LIMIT 1",
            (start, start + END, f"{start}{pid}", f"%/{pid}"),
        ).fetchone()
        if not found:
            return None
        query = f"{_ROWS} WHERE key = ? OR (key >= ? AND key < ?) ORDER BY key"
        return self.read(list(self._rows(query, (found[0], f"{found[0]}/", f"{found[0]}0"))))

    def counts(self) -> list[GroupCount]:
        """Records and failures of each action, from counts that are kept, not counted."""
        rows = self._connection.execute(
            "SELECT domain, action, sum(records), sum(failures) FROM counts"
            " GROUP BY domain, action ORDER BY domain, action"
        )
        return [GroupCount(*row) for row in rows]

    def events(
        self,
        domains: Sequence[str] = (),
        *,
        since: str = "",
        until: str = "",
        action: str = "",
        failed: bool = False,
        limit: int = 0,
    ) -> list[IndexRow]:
        """The newest events of an interval, oldest of them first; times are spelled as keys have them."""
        rows = self._connection.execute(
            "SELECT grp FROM counts WHERE grp <> ? AND (? = '' OR action = ?)"
            " AND (? = '[]' OR domain IN (SELECT value FROM json_each(?)))",
            (SNAPSHOTS, action, action, json.dumps(list(domains)), json.dumps(list(domains))),
        )
        groups = [row[0] for row in rows]
        newest = heapq.merge(
            *(self._newest(group, since, until, failed=failed) for group in groups),
            key=_time_and_id,
            reverse=True,
        )
        return list(islice(newest, limit or None))[::-1]

    def read(self, rows: Sequence[IndexRow]) -> list[Found]:
        """The records of rows, in the same order; each is checked to be the one that the row means."""
        of_source: dict[str, list[IndexRow]] = {}
        for row in rows:
            of_source.setdefault(row.source, []).append(row)
        lines: dict[tuple[str, int], bytes] = {}
        with no_collection():
            for path, some in of_source.items():
                lines |= self._lines(path, some)
            return [self._found(row, lines.get((row.source, row.offset), b"")) for row in rows]

    def _newest(self, group: str, since: str, until: str, *, failed: bool) -> Iterator[IndexRow]:
        depth = group.count("/") + 2  # another group's keys may lie between: its parts are more
        query = f"{_ROWS} WHERE key >= ? AND key < ?{' AND success = 0' if failed else ''} ORDER BY key DESC"
        # until is exclusive, and sorts before the "/" that follows the same time
        for row in self._rows(query, (f"{group}/{since}", f"{group}/{until or END}")):
            if row.key.count("/") == depth:
                yield row

    def _rows(self, query: str, values: tuple[Any, ...]) -> Iterator[IndexRow]:
        for key, source, at, length, success in self._connection.execute(query, values):
            yield IndexRow(
                key, self._sources[source][0], at, length, None if success is None else bool(success)
            )

    def _lines(self, path: str, rows: Iterable[IndexRow]) -> dict[tuple[str, int], bytes]:
        file = os.path.join(self._root, path)
        try:
            if self._source_of[path][0] == "archive":
                found = numbered_lines(file, (row.offset for row in rows))
                return {(path, number): line for number, line in found.items()}
            fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return {(path, row.offset): os.pread(fd, row.length, row.offset) for row in rows}
            finally:
                os.close(fd)
        except OSError as exc:
            self.notes.append(f"{path}: {exc.strerror}")
        except CodesentinelError as exc:
            self.notes.append(f"{path}: {exc.message}; {exc.hint}")
        return {}

    def _found(self, row: IndexRow, line: bytes) -> Found:
        if not line:
            return Found(row.key, row.source, row.offset, None)
        kind, domain = self._source_of[row.source]
        record = record_of(line)
        if kind == "snapshot":
            try:
                key = snapshot_key(record["timestamp"], record["pid"], record["ancestors"])
            except (KeyError, TypeError):
                key = ""
        else:
            placed = place_event(domain, line)
            key = placed.key if placed else ""
        return Found(row.key, row.source, row.offset, record if key == row.key else None)


def record_of(line: bytes) -> dict[str, Any]:
    """A line as an object, whatever is wrong with it."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        record = _with_patience(line)
    return record if isinstance(record, dict) else {"line": line.decode("utf-8", "backslashreplace")}


def _with_patience(line: bytes) -> Any:
    """What Python's own decoder takes beyond RFC 8259: not-a-number, half surrogate pairs."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _time_and_id(row: IndexRow) -> tuple[str, str]:
    _, time, identity = row.key.rsplit("/", 2)
    return time, identity
