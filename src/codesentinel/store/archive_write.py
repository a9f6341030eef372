"""Writing an archived segment: the lines of a log as Parquet, by way of DuckDB, read back and compared."""

from __future__ import annotations

import json
import os
import stat
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import Failed
from codesentinel.store import archive_read, chain
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK_BYTES = 1 << 20
_COLUMNS = {
    "number": "BIGINT",
    "timestamp": "VARCHAR",
    "id": "VARCHAR",
    "action": "VARCHAR",
    "session_id": "VARCHAR",
    "agent_id": "VARCHAR",
    "success": "BOOLEAN",
    "duration_ms": "DOUBLE",
    "line": "VARCHAR",
    "chain": "VARCHAR",
    "raw": "VARCHAR",
}


def write_archive(fd: int, end: int, longest: int, path: str) -> None:
    """Write the first ``end`` bytes of a log into an archive; it gets its name once it holds the very lines.

    Raises:
        Failed: it could not be written, or reading it gave other lines.
    """
    stem = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    rows, draft = f"{stem}.rows", f"{stem}.draft"
    try:
        with open(rows, "wb", buffering=_BLOCK_BYTES) as file:
            file.writelines(
                json.dumps(row_of(number, line), ensure_ascii=True).encode() + b"\n"
                for number, line in enumerate(whole_lines(fd, end))
            )
        _to_parquet(rows, draft, 8 * longest + 4096)
        os.chmod(draft, stat.S_IMODE(os.fstat(fd).st_mode))
        for ours, theirs in zip_longest(whole_lines(fd, end), archive_read.archive_lines(draft)):
            if ours != theirs:
                raise Failed("the archive does not hold what the log holds", hint="nothing was moved")
        sync(draft)
        os.link(draft, path)  # never replaces anything
        sync(os.path.dirname(path))
    finally:
        for name in (rows, draft):
            if os.path.exists(name):
                os.unlink(name)


def _to_parquet(rows: str, draft: str, longest: int) -> None:
    import duckdb

    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    reader = (
        f"read_json({_quoted(rows)}, format='newline_delimited', columns={{{columns}}},"
        f" maximum_object_size={longest})"
    )
    with archive_read.open_duckdb() as connection:
        try:
            connection.execute(
                f"COPY (SELECT * FROM {reader}) TO {_quoted(draft)}"  # noqa: S608 - quoted
                " (FORMAT parquet, COMPRESSION zstd)"
            )
        except duckdb.Error as exc:
            raise Failed(
                f"the archive could not be written: {str(exc).splitlines()[0]}", hint="nothing was moved"
            ) from exc


def row_of(number: int, line: bytes) -> dict[str, Any]:
    """The columns of a line; those of a damaged one are empty but for its bytes."""
    row: dict[str, Any] = dict.fromkeys(_COLUMNS)
    row["number"] = number
    try:
        row["line"] = line.decode()
    except UnicodeDecodeError:
        row["raw"] = line.hex()
        return row
    if "\x00" in row["line"]:
        row["line"], row["raw"] = None, line.hex()
    row["chain"] = (chain.value(line) or b"").decode() or None
    try:
        event = json.loads(line)
        activity = event["activity"]
        found = {name: event.get(name) for name in ("timestamp", "id", "session_id", "agent_id")}
        found["action"] = activity.get("action")
        row |= {name: value for name, value in found.items() if isinstance(value, str) and value.isascii()}
        row["success"] = bool(activity.get("success", True))
        row["duration_ms"] = float(activity.get("duration_ms") or 0)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return row
    return row


def whole_lines(fd: int, stop: int = -1) -> Iterator[bytes]:
    """Whole lines from the beginning, without newline; the place of the descriptor does not matter."""
    stop = tail_start(fd, os.fstat(fd).st_size) if stop < 0 else stop
    at, rest = 0, b""
    while at < stop:
        block = os.pread(fd, min(_BLOCK_BYTES, stop - at), at)
        if not block:
            return
        at += len(block)
        *lines, rest = (rest + block).split(b"\n")
        yield from lines


def sync(path: str) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
