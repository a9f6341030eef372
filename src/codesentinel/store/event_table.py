"""Lines of logs as tables: the columns of an archive, and which workspace of a host they are of.

Whatever a line holds it becomes a row: where it is no event, its columns are empty but for its bytes. Readers
ask for columns by name: one that is added later is empty in older files.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from codesentinel.store import chain
from codesentinel.store.archive_blocks import pyarrow
from codesentinel.store.archive_write import row_of
from codesentinel.store.index_keys import key_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNDATED = "undated"
"""The day of what has no time, and of what lies on more days than one set of files may have."""

_MOST_DATES = 32

_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])").match
COLUMNS = (
    ("number", "int64"),
    ("timestamp", "string"),
    ("id", "string"),
    ("action", "string"),
    ("session_id", "string"),
    ("agent_id", "string"),
    ("success", "bool"),
    ("duration_ms", "float64"),
    ("line", "string"),
    ("chain", "string"),
    ("raw", "string"),
)
_REPEATING = ["action", "session_id", "agent_id", "workspace", "collected_at"]
LEVEL = 1  # of zstd: 3 is a tenth smaller, at twice the time

Row = tuple[Any, ...]


class _Activity(msgspec.Struct, gc=False):
    action: str
    success: bool = True
    duration_ms: float = 0.0


class _Event(msgspec.Struct, gc=False):
    timestamp: str
    id: str
    activity: _Activity
    session_id: str | None = None
    agent_id: str | None = None


_decode = msgspec.json.Decoder(_Event).decode


class Dated(NamedTuple):
    """Rows of one day: how many, and the Parquet file that they are."""

    date: str
    rows: int
    content: bytes


def dated_tables(lines: Sequence[bytes], *, workspace: str, collected_at: str) -> list[Dated]:
    """Parquet files of these lines, one a day.

    Raises:
        NotInstalled: pyarrow is missing.
    """
    rows_of: dict[str, list[Row]] = {}
    for line in lines:
        date, row = _row(line)
        if date not in rows_of and len(rows_of) >= _MOST_DATES:
            date = UNDATED
        rows = rows_of.setdefault(date, [])
        rows.append((len(rows), *row))
    facts = {"workspace": workspace, "collected_at": collected_at}
    return [Dated(date, len(rows), _parquet(rows, facts)) for date, rows in rows_of.items()]


def _row(line: bytes) -> tuple[str, Row]:
    """The day of a line, and its columns; the quick way is for events as SessionMemory writes them."""
    try:
        event = _decode(line)
        text = line.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _patient_row(line)
    time, name, activity = event.timestamp, event.id, event.activity
    session, agent = event.session_id, event.agent_id
    if not f"{time}{name}{activity.action}{session}{agent}".isascii() or "\x00" in text:
        return _patient_row(line)
    sealed = (chain.value(line) or b"").decode() or None
    return _date(time), (
        *(time, name, activity.action, session, agent, activity.success, activity.duration_ms),
        *(text, sealed, None),
    )


def _patient_row(line: bytes) -> tuple[str, Row]:
    row = row_of(0, line)
    return _date(row["timestamp"] or ""), tuple(row[name] for name, _ in COLUMNS[1:])


def _date(timestamp: str) -> str:
    moment = key_time(timestamp)
    return moment[:10] if _DAY(moment) else UNDATED


def _parquet(rows: Sequence[Row], facts: Mapping[str, str]) -> bytes:
    pa = pyarrow()
    from pyarrow import parquet

    kinds = {"int64": pa.int64(), "string": pa.string(), "bool": pa.bool_(), "float64": pa.float64()}
    arrays = {
        name: pa.array(values, kinds[kind])
        for (name, kind), values in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    arrays |= {name: pa.repeat(pa.scalar(value, pa.string()), len(rows)) for name, value in facts.items()}
    buffer = io.BytesIO()
    parquet.write_table(
        pa.table(arrays),
        buffer,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=_REPEATING,
        write_statistics=["timestamp", "id"],
    )
    return buffer.getvalue()
