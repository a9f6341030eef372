"""Tables of records: read from objects of any age, told whose they are, each event once, written again.

An object may lack columns that came later, and have some that this version does not know: the first are
empty, the second are kept.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from codesentinel.store import chain
from codesentinel.store.archive_blocks import pyarrow
from codesentinel.store.event_table import COLUMNS, LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MERGED = b"codesentinel.merged"
"""The key under which an object names those that it replaces."""


def table_of(content: bytes) -> Any | None:
    """The rows of an object with all columns that there must be; None where it is none of ours."""
    pa = pyarrow()
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(pa.BufferReader(content)) as file:
            table = file.read(use_threads=False)
    except (OSError, pa.ArrowException):
        return None
    if "line" not in table.column_names or "raw" not in table.column_names:
        return None
    for name, kind in COLUMNS:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table), _type(kind)))
    return table


def replaced_by(table: Any) -> list[str]:
    """The objects that this one was made of; none for one as a host delivered it."""
    kept = (table.schema.metadata or {}).get(MERGED)
    return [str(name) for name in json.loads(kept)] if kept else []


def told_whose(table: Any, host: str, domain: str) -> Any:
    """The same rows with their host and domain: as columns, and the host as a member of each record."""
    pa = pyarrow()
    said = f',"host":{json.dumps(host)}'
    lines = [line and _with(line, said) for line in table.column("line").to_pylist()]
    table = table.set_column(table.column_names.index("line"), "line", pa.array(lines, pa.string()))
    for name, value in (("host", host), ("domain", domain)):
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, pa.repeat(pa.scalar(value, pa.string()), len(table)))
    return table.replace_schema_metadata(None)


def joined(tables: Sequence[Any]) -> Any:
    """All rows, each event once, numbered anew."""
    pa = pyarrow()
    table = pa.concat_tables(tables, promote_options="permissive")
    ids = zip(*(table.column(name).to_pylist() for name in ("id", "line", "raw")), strict=True)
    seen: set[object] = set()
    kept = []
    for number, (name, line, raw) in enumerate(ids):
        key = name or (line, raw)
        if key not in seen:
            seen.add(key)
            kept.append(number)
    if len(kept) < len(table):
        table = table.take(pa.array(kept, pa.int64()))
    return table.set_column(
        table.column_names.index("number"), "number", pa.array(range(len(table)), pa.int64())
    )


def content_of(table: Any, replaces: Iterable[str] = ()) -> bytes:
    """A Parquet file."""
    from pyarrow import parquet

    names = list(replaces)
    table = table.replace_schema_metadata({MERGED: json.dumps(names).encode()} if names else None)
    buffer = io.BytesIO()
    parquet.write_table(
        table,
        buffer,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=[
            n for n in table.column_names if n not in {"line", "id", "raw", "chain", "timestamp"}
        ],
    )
    return buffer.getvalue()


def line_bytes(table: Any) -> int:
    """How much the lines take in memory."""
    return int(table.column("line").nbytes + table.column("raw").nbytes)


def _with(line: str, said: str) -> str:
    """A record with one more member, before the chain value that ends it."""
    if line[:1] != "{" or line[-1:] != "}" or ":" not in line:
        return line
    end = chain.SEAL_BYTES if line.endswith('"}') and chain.value(line[-chain.SEAL_BYTES :].encode()) else 1
    return f"{line[:-end]}{said}{line[-end:]}"


def _type(kind: str) -> Any:
    pa = pyarrow()
    kinds = {"int64": pa.int64(), "string": pa.string(), "bool": pa.bool_(), "float64": pa.float64()}
    return kinds[kind]
