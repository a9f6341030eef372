"""Reading sources into the index: rows, counts and the offset reached, one transaction a batch.

A batch is all there or not at all, whatever kills the writer, and a line that was read twice has the
same key both times: reading again never counts twice.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Protocol

import msgspec

from codesentinel.store.index_keys import decode_event, group_of_key, part, place
from codesentinel.store.index_sources import TAIL_BYTES, File, Known
from codesentinel.store.procedure_fold import ProcedureFold, clear
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

_BLOCK_BYTES = 1 << 20
_AT_ONCE = 100  # rows in a statement: a fourth of the time of an insertion is starting it
_INSERT = "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?)"
_INSERT_MANY = f"{_INSERT}{', (?, ?, ?, ?, ?)' * (_AT_ONCE - 1)}"
_PLAIN_END = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+00:00/[0-9a-f-]{36}"
).fullmatch
_END_LENGTH = 1 + 29 + 1 + 36  # of what follows the group in the key of an event
PROCEDURES = "satellites"
_KEYED = frozenset(("calamum", "profile", "satellites"))

Row = tuple[str, int, int, int, "bool | None"]


class ArchiveLines(Protocol):
    """The lines of an archived segment with their numbers, from a number on."""

    def __call__(self, path: str, start: int, /) -> Iterable[bytes]:
        """Lines without newline."""


class Ingest:
    """Reads one source from where the index stands.

    Args:
        connection: the database; the caller is its one writer.
        root: the workspace root.
        batch: lines in a transaction.
        archive_lines: reads archives.
    """

    def __init__(
        self, connection: sqlite3.Connection, root: str, batch: int, archive_lines: ArchiveLines
    ) -> None:
        self._connection = connection
        self._root = root
        self._batch = batch
        self._archive_lines = archive_lines
        self._groups: dict[tuple[str, str], str] = {}
        self._procedures = ProcedureFold()
        self._is_plain = False  # whether all keys of a batch end in a time and an id of the usual length

    def register(self, file: File) -> Known:
        """A source that was not known before."""
        row = self._connection.execute(
            "INSERT INTO sources VALUES (NULL, ?, ?, ?, ?, 0, 0, 0, x'', 0, 0, 0, 0) RETURNING id",
            (file.path, file.kind, file.domain, file.inode),
        ).fetchone()
        return Known(row[0], file.path, file.kind, file.domain, file.inode, 0, 0, 0, b"", 0, 0, 0, 0)

    def read_on(
        self, source: Known, file: File, most_bytes: int, advance: Callable[[int], None]
    ) -> tuple[Known, int]:
        """Read whole lines up to a bound; the source afterwards, and the bytes read."""
        taken = 0
        for end, rows, damaged, tail in self._batches(source):
            lines = len(rows) + damaged
            added = self._store(source, rows)
            self._procedures.store(self._connection)
            source = source._replace(
                inode=file.inode,
                offset=end,
                tail=tail,
                lines=source.lines + lines,
                rows=source.rows + added,
                duplicates=source.duplicates + len(rows) - added,
                damaged=source.damaged + damaged,
            )
            self._remember(source)
            self._connection.execute("COMMIT")
            step = sum([row[3] + 1 for row in rows])
            taken += step
            advance(step)
            if taken >= most_bytes:
                return source, taken
        source = source._replace(inode=file.inode, modified_ns=file.modified_ns, size=file.size)
        self._remember(source)  # read to its end: until the file changes there is nothing to look for
        return source, taken

    def _batches(self, source: Known) -> Iterator[tuple[int, list[Row], int, bytes]]:
        """Offset after the batch, its rows, its damaged lines, and the bytes before the offset."""
        rows: list[Row] = []
        self._is_plain = source.kind != "snapshot"
        damaged, at, line = 0, source.offset, b""
        path = os.path.join(self._root, source.path)
        if source.kind == "archive":
            lines: Iterable[bytes] = self._archive_lines(path, source.offset)
        else:
            lines = _lines(path, source.offset)
        row_of = self._event_row if source.kind != "snapshot" else _snapshot_row
        whole = source.kind != "archive"
        is_of_procedures = source.domain == PROCEDURES
        for line in lines:
            if is_of_procedures:
                self._procedures.take(line)
            length = len(line) - 1 if whole else len(line)
            if row := row_of(source, line, at, length):
                rows.append(row)
            elif at or source.kind != "snapshot":  # a snapshot may open with a line about itself
                damaged += 1
            at += length + 1 if whole else 1
            if len(rows) + damaged >= self._batch:
                yield at, rows, damaged, line[-TAIL_BYTES:]
                rows, damaged = [], 0
        if rows or damaged:
            yield at, rows, damaged, line[-TAIL_BYTES:]

    def _event_row(self, source: Known, line: bytes, at: int, length: int) -> Row | None:
        """The quick way for events as SessionMemory writes them; the others are placed with care."""
        domain = source.domain
        if domain not in _KEYED:
            try:
                event = decode_event(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                pass
            else:
                end = f"{event.timestamp}/{event.id}"
                if _PLAIN_END(end):
                    activity = event.activity
                    action = activity.action
                    group = self._groups.get((domain, action)) or self._group(domain, action)
                    return f"{group}/{end}", source.id, at, length, activity.success
        placed = place(source.kind, domain, line)
        if placed is None:
            return None
        self._is_plain = False
        return placed.key, source.id, at, length, placed.success

    def _group(self, domain: str, action: str) -> str:
        group = self._groups[domain, action] = f"{domain}/{part(action)}"
        return group

    def _store(self, source: Known, rows: list[Row]) -> int:
        """Put the rows where their keys are free, count those, and leave the transaction open."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        rows.sort()
        before = connection.total_changes
        whole = len(rows) - len(rows) % _AT_ONCE
        packs = (chain.from_iterable(rows[i : i + _AT_ONCE]) for i in range(0, whole, _AT_ONCE))
        connection.executemany(_INSERT_MANY, map(tuple, packs))
        connection.executemany(_INSERT, rows[whole:])
        added = connection.total_changes - before
        if added < len(rows):  # some were there: only what is this source's, at this place, was put
            rows = [row for row in rows if self._is_mine(row)]
        if self._is_plain:
            tally = Counter([(row[0][:-_END_LENGTH], row[4]) for row in rows])
        else:
            tally = Counter([(group_of_key(row[0]), row[4]) for row in rows])
        self._is_plain = source.kind != "snapshot"
        connection.executemany(
            "INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (grp) DO UPDATE"
            " SET records = records + excluded.records, failures = failures + excluded.failures",
            [
                (group, source.domain, group.rpartition("/")[2], number, number if success is False else 0)
                for (group, success), number in tally.items()
            ],
        )
        return added

    def _is_mine(self, row: Row) -> bool:
        found = self._connection.execute("SELECT source, at FROM records WHERE key = ?", (row[0],)).fetchone()
        return bool(found == (row[1], row[2]))

    def _remember(self, source: Known) -> None:
        self._connection.execute(
            "UPDATE sources SET inode = ?, modified_ns = ?, size = ?, offset = ?, tail = ?, lines = ?,"
            " rows = ?, duplicates = ?, damaged = ? WHERE id = ?",
            (*source[4:], source.id),
        )


def forget(connection: sqlite3.Connection, sources: list[Known]) -> None:
    """Remove the rows of sources that were replaced, cut or removed, and what was counted for them.

    The chain value reached in a log stays behind as a witness: ``memory verify`` asks for it.
    """
    connection.execute("BEGIN IMMEDIATE")
    marks = ",".join(str(source.id) for source in sources)
    tally: dict[str, list[int]] = {}
    for key, success in connection.execute(
        f"SELECT key, success FROM records WHERE source IN ({marks})"  # noqa: S608 - whole numbers
    ):
        counted = tally.setdefault(group_of_key(key), [0, 0])
        counted[0] += 1
        counted[1] += success == 0
    connection.execute(f"DELETE FROM records WHERE source IN ({marks})")  # noqa: S608
    connection.executemany(
        "UPDATE counts SET records = records - ?, failures = failures - ? WHERE grp = ?",
        [(*numbers, group) for group, numbers in tally.items()],
    )
    if any(source.domain == PROCEDURES for source in sources):
        clear(connection)
    connection.execute("DELETE FROM counts WHERE records <= 0")
    connection.execute(f"DELETE FROM sources WHERE id IN ({marks})")  # noqa: S608
    connection.executemany(
        "INSERT OR IGNORE INTO witnesses VALUES (?, ?, ?)",
        [(s.domain, s.head, s.offset) for s in sources if s.kind == "log" and s.head],
    )
    connection.execute("COMMIT")


def _snapshot_row(source: Known, line: bytes, at: int, length: int) -> Row | None:
    placed = place("snapshot", source.domain, line)
    return placed and (placed.key, source.id, at, length, None)


def _lines(path: str, start: int) -> Iterator[bytes]:
    """The whole lines from a byte on, as they were when the reading began."""
    with open(path, "rb", buffering=_BLOCK_BYTES) as file:
        stop = tail_start(file.fileno(), os.fstat(file.fileno()).st_size)
        file.seek(start)
        for line in file:
            start += len(line)
            if start > stop:
                return
            yield line
