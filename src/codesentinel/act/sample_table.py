"""Samples as a file in long form: a row a sample, with timestamp, value, and a column for each label.

Which labels there are is known only when the last series has arrived. So samples are kept as
VictoriaMetrics' JSON lines first; that file becomes the result, or is read again to write it.
"""

from __future__ import annotations

import csv
import io
from typing import IO, TYPE_CHECKING, Any

import msgspec

from codesentinel.model.columns import Columns
from codesentinel.model.errors import Failed, NotInstalled, UsageError
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codesentinel.model.samples import Samples

_SAMPLES_A_LINE = 20_000
_LONGEST_LINE_BYTES = 16 * 1024 * 1024
_MEMORY = "512MB"
_TIME, _VALUE = Columns().time, Columns().value


class JsonLines:
    """Writes samples as JSON lines, and remembers their labels' names."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._encode = msgspec.json.Encoder().encode
        self._labels: set[str] = set()

    @property
    def labels(self) -> list[str]:
        """The names of all labels so far; that of the metric first."""
        return sorted(self._labels, key=lambda label: (label != NAME, label))

    def write(self, samples: Samples) -> None:
        """Write those of one series."""
        self._labels.update(samples.labels)
        for part in samples.parts(_SAMPLES_A_LINE):
            line = {"metric": part.labels, "values": part.values, "timestamps": part.times_ms}
            self._file.write(self._encode(line) + b"\n")


def check_columns(labels: Iterable[str]) -> None:
    """See that labels can be columns beside time and value.

    Raises:
        UsageError: one of them is called as these are.
    """
    taken = {_TIME, _VALUE} & set(labels)
    if taken:
        raise UsageError(
            f"a label is called {taken.pop()}, as a column is", hint="--output FILE.jsonl keeps it"
        )


def write_csv(lines: str, file: IO[bytes], labels: list[str]) -> None:
    """Write rows: times as seconds with three decimals, values in the shortest form that is exact."""
    file.write(_csv_line([_TIME, _VALUE, *labels]).encode())
    for metric, times, values in _read(lines):
        rest = _csv_line([metric.get(label, "") for label in labels])
        rows = [
            f"{time // 1000}.{time % 1000:03d},{value!r},{rest}"
            for time, value in zip(times, values, strict=True)
        ]
        file.write("".join(rows).encode())


def write_parquet(lines: str, path: str, labels: list[str]) -> None:
    """Write Parquet by way of DuckDB, in bounded memory.

    Raises:
        NotInstalled: the extra is missing.
        Failed: it could not be written.
    """
    duckdb = check_duckdb()
    cells = ", ".join(f"map_extract(metric, {_text(label)})[1] AS {_name(label)}" for label in labels)
    columns = "{'metric': 'MAP(VARCHAR, VARCHAR)', 'values': 'DOUBLE[]', 'timestamps': 'BIGINT[]'}"
    reader = (
        f"read_json({_text(lines)}, format='newline_delimited', columns={columns},"
        f" maximum_object_size={_LONGEST_LINE_BYTES})"
    )
    rows = f'SELECT metric, unnest(timestamps) AS time_ms, unnest("values") AS number FROM {reader}'  # noqa: S608
    query = f"SELECT make_timestamptz(time_ms * 1000) AS {_TIME}, number AS {_VALUE}, {cells} FROM ({rows})"  # noqa: S608
    with duckdb.connect(":memory:", config={"memory_limit": _MEMORY, "threads": 2}) as connection:
        try:
            connection.execute(f"COPY ({query}) TO {_text(path)} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as exc:
            raise Failed(f"Parquet could not be written: {str(exc).splitlines()[0]}") from exc


def check_duckdb() -> Any:
    """DuckDB.

    Raises:
        NotInstalled: it is not there.
    """
    try:
        import duckdb
    except ImportError as exc:
        raise NotInstalled(
            "Parquet cannot be written: DuckDB is not installed", hint="pip install 'codesentinel[archive]'"
        ) from exc
    return duckdb


def _read(lines: str) -> Iterator[tuple[dict[str, str], list[int], list[float]]]:
    decode = msgspec.json.Decoder().decode
    with open(lines, "rb") as file:
        for line in file:
            row = decode(line)
            yield row["metric"], row["timestamps"], [float(value) for value in row["values"]]


def _csv_line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
