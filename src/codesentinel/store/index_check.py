"""Whether the archive index agrees with the log."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError
from codesentinel.store import archive_read, index_sources
from codesentinel.store.index_keys import group_of_key, place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from codesentinel.store.index_sources import Known

_SAMPLES = 200  # lines of each source
_LONGEST_LINE = 1 << 24
_ENOUGH = 100  # findings told


def check(
    connection: sqlite3.Connection, root: str, *, full: bool, progress: Callable[[int, int], None] | None
) -> tuple[list[str], int]:
    """What is wrong, and how many lines of the logs were compared.

    Every source is compared by its offset and the number of its rows; its lines by a sample, or all.
    """
    wrong = [f"database: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    rows = dict(connection.execute("SELECT source, count(*) FROM records GROUP BY source").fetchall())
    wrong += _counts(connection, full=full)
    compared = 0
    known = list(index_sources.known(connection).values())
    total = sum(source.offset for source in known)
    done = 0
    for source in known:
        if rows.pop(source.id, 0) != source.rows:
            wrong.append(f"{source.path}: the rows are not as many as were put there ({source.rows})")
        if source.rows + source.duplicates + source.damaged != source.lines:
            wrong.append(f"{source.path}: {source.lines} lines do not add up")
        try:
            found, lines = _source(connection, root, source, full=full)
        except (OSError, CodesentinelError) as exc:
            found, lines = [f"{source.path}: cannot be compared: {exc}"], 0
        wrong += found
        compared += lines
        done += source.offset
        if progress:
            progress(done, total)
    if rows:
        wrong.append(f"{sum(rows.values())} rows belong to no source")
    return wrong[:_ENOUGH], compared


def _counts(connection: sqlite3.Connection, *, full: bool) -> list[str]:
    """The counts that are kept against the rows: their sums, and with ``full`` each of them."""
    records, failures = connection.execute("SELECT count(*), sum(success = 0) FROM records").fetchone()
    kept = connection.execute("SELECT sum(records), sum(failures) FROM counts").fetchone()
    wrong = []
    if (records, failures or 0) != (kept[0] or 0, kept[1] or 0):
        wrong.append(f"counts: {kept[0] or 0} records are counted, there are {records}")
    if full:
        tally: dict[str, int] = {}
        for (key,) in connection.execute("SELECT key FROM records"):
            group = group_of_key(key)
            tally[group] = tally.get(group, 0) + 1
        counted = dict(connection.execute("SELECT grp, records FROM counts").fetchall())
        wrong += [f"counts: {group} is miscounted" for group in tally if tally[group] != counted.get(group)]
    return wrong


def _source(connection: sqlite3.Connection, root: str, source: Known, *, full: bool) -> tuple[list[str], int]:
    lines = _lines_of(root, source, full=full)
    if isinstance(lines, str):
        return [f"{source.path}: {lines}"], 0
    wrong, compared, damaged = [], 0, 0
    for at, line in lines:
        placed = place(source.kind, source.domain, line)
        compared += 1
        if placed is None:
            damaged += at > 0 or source.kind != "snapshot"
            continue
        row = connection.execute("SELECT source, at FROM records WHERE key = ?", (placed.key,)).fetchone()
        if row is None or (row != (source.id, at) and not source.duplicates):
            wrong.append(f"{source.path}: the record at {at} is not in the index: {placed.key}")
            if len(wrong) >= _ENOUGH:
                return wrong, compared
    if full and damaged != source.damaged:
        wrong.append(f"{source.path}: {damaged} damaged lines, {source.damaged} are counted")
    return wrong, compared


def _lines_of(root: str, source: Known, *, full: bool) -> Iterator[tuple[int, bytes]] | str:
    """The lines to compare with their places, or why that is not the file that was read."""
    path = os.path.join(root, source.path)
    try:
        size = os.path.getsize(path)
    except OSError:
        return "is gone"
    if source.kind == "archive":
        return enumerate(archive_read.archive_lines(path) if full and archive_read.is_readable() else ())
    if size < source.offset:
        return f"was cut from {source.offset} to {size} bytes"
    if source.offset and not index_sources.continues(path, source):
        return "is another file than the one that was read"
    return _all(path, source.offset) if full else _some(path, source.offset)


def _all(path: str, stop: int) -> Iterator[tuple[int, bytes]]:
    at = 0
    with open(path, "rb", buffering=1 << 20) as file:
        for line in file:
            if at >= stop:
                return
            yield at, line[:-1]
            at += len(line)


def _some(path: str, stop: int) -> Iterator[tuple[int, bytes]]:
    """Lines at random places, the same ones for the same log, and the first and the last ones."""
    chance = random.Random(stop)  # noqa: S311 - a sample, no secret
    places = sorted({0, max(stop - 4096, 0), *(chance.randrange(stop) for _ in range(_SAMPLES) if stop)})
    seen = -1
    with open(path, "rb") as file:
        for place_ in places:
            file.seek(max(place_ - 1, 0))
            if place_:
                file.readline(_LONGEST_LINE)
            at = file.tell()
            if seen < at < stop:
                yield at, file.readline().rstrip(b"\n")
                seen = at
