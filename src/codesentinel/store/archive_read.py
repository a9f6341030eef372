"""Reading archived segments: Parquet files with the exact lines of a log, by way of DuckDB.

Columns: number, timestamp, id, action, session_id, agent_id, success, duration_ms, line, chain, raw.
``line`` is the record as text; where its bytes are no UTF-8, ``raw`` holds them in hexadecimal.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import Failed, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

_FETCH = 10_000
SUFFIX = ".parquet"


def open_duckdb() -> duckdb.DuckDBPyConnection:
    """A DuckDB that keeps nothing.

    Raises:
        NotInstalled: the extra is missing.
    """
    try:
        import duckdb
    except ImportError as exc:
        raise NotInstalled(
            "archived segments cannot be read or written: DuckDB is not installed",
            hint="pip install 'codesentinel[archive]'",
        ) from exc
    return duckdb.connect(":memory:")


def is_readable() -> bool:
    """Whether DuckDB is there."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None


def segments(root: str, domain: str) -> list[str]:
    """The archive files of a domain, oldest first, relative to the workspace root."""
    folder = f"docs/domains/{domain}/archive"
    try:
        names = sorted(os.listdir(os.path.join(root, folder)))
    except OSError:
        return []
    found = [f"{folder}/{name}" for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
    return [path for path in found if os.path.isfile(os.path.join(root, path))]  # of a pipe there is no end


def archive_lines(path: str, start: int = 0) -> Iterator[bytes]:
    """The lines from a number on, without newline.

    Raises:
        NotInstalled: no DuckDB.
        Failed: the file cannot be read.
    """
    query = "SELECT line, raw FROM read_parquet(?) WHERE number >= ? ORDER BY number"
    for line, raw in _rows(query, [path, start]):
        yield _bytes(line, raw)


def numbered_lines(path: str, numbers: Iterable[int]) -> dict[int, bytes]:
    """Those lines alone, by number."""
    wanted = ",".join(str(int(number)) for number in numbers)
    query = f"SELECT number, line, raw FROM read_parquet(?) WHERE number IN ({wanted})"  # noqa: S608 - numbers
    return {number: _bytes(line, raw) for number, line, raw in _rows(query, [path])}


def lines_with(path: str, needles: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that hold one of the lower-case texts, newest first."""
    texts = [needle.decode("utf-8", "replace") for needle in needles]
    either = " OR ".join(["contains(lower(line), ?)"] * len(texts))
    query = f"SELECT line, raw FROM read_parquet(?) WHERE {either} ORDER BY number DESC"  # noqa: S608
    for line, raw in _rows(query, [path, *texts]):
        yield _bytes(line, raw)


def _rows(query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    with open_duckdb() as connection:
        import duckdb

        try:
            found = connection.execute(query, values)
            while rows := found.fetchmany(_FETCH):
                yield from rows
        except duckdb.Error as exc:
            raise Failed(
                f"the archive {values[0]} cannot be read: {str(exc).splitlines()[0]}",
                hint="restore it from a backup: its lines are nowhere else",
            ) from exc


def _bytes(line: str | None, raw: str | None) -> bytes:
    return bytes.fromhex(raw) if raw is not None else (line or "").encode()
