"""Parquet in the long form that ``metrics export`` writes: timestamp, value, and a column a label."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from codesentinel.capture.sample_files.batches import Gathering
from codesentinel.model.columns import Columns
from codesentinel.model.errors import Failed, NotInstalled
from codesentinel.model.rows import milliseconds
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codesentinel.capture.sample_files.batches import Batch, Place
    from codesentinel.model.rows import BadRows

_FETCH = 10_000
_TIME, _VALUE = Columns().time, Columns().value


def read_parquet(path: str, bad: BadRows) -> Iterator[Batch]:
    """Its samples; the lines of bad rows are their numbers, from 1.

    Raises:
        NotInstalled: the extra is missing.
        Failed: it is no Parquet file.
    """
    try:
        import duckdb
    except ImportError as exc:
        raise NotInstalled(
            "Parquet cannot be read: DuckDB is not installed", hint="pip install 'codesentinel[archive]'"
        ) from exc
    with duckdb.connect(":memory:") as connection:
        try:
            found = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [path])
            header = [column[0] for column in found.description or ()]
            try:
                labels = Columns().labels_of(header)
            except ValueError as exc:
                bad.add(0, str(exc))
                return
            names = ", ".join(_quoted(header[i]) for i in labels)
            rows = connection.execute(
                f"SELECT epoch_us({_TIME}::TIMESTAMPTZ), {_VALUE}::DOUBLE, {names} FROM read_parquet(?)",  # noqa: S608 - quoted
                [path],
            )
            gathering = Gathering()
            yield from gathering.batches(_samples(rows, list(labels.values()), gathering, bad))
        except duckdb.Error as exc:
            raise Failed(f"{path} cannot be read: {str(exc).splitlines()[0]}") from exc


def _samples(
    rows: Any, names: Sequence[str], gathering: Gathering, bad: BadRows
) -> Iterator[tuple[Place, int, float]]:
    number = 0
    while fetched := rows.fetchmany(_FETCH):
        for time_us, value, *cells in fetched:
            number += 1
            try:
                if time_us is None or value is None or not isfinite(value):
                    raise ValueError("no time, or no value that can be stored")  # noqa: TRY301
                key, time_ms = tuple(cells), milliseconds(time_us / 1000)
                place = gathering.get(key) or gathering.place(key, _labels(names, cells))
            except ValueError as exc:
                bad.add(number, str(exc))
                continue
            yield place, time_ms, value


def _labels(names: Sequence[str], cells: Sequence[Any]) -> dict[str, str]:
    labels = {name: str(cell) for name, cell in zip(names, cells, strict=True) if cell}
    if NAME not in labels:
        raise ValueError(f"no {NAME}")
    return labels


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
