"""Series out of a CSV file: ``timestamp,value``, or a column for each of several series.

A ``series`` column, as `metrics query --csv` writes it, tells several series in one ``value`` column apart.
Timestamps are ISO 8601 (without an offset: UTC) or epoch seconds, or milliseconds where seconds would lie
beyond the year 5000. An empty cell is a missing value, NaN.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    _Cells = tuple[list[float], list[float], list[int]]

_TIME = ("timestamp", "time", "ds")
_VALUE = "value"
_SERIES = "series"
_FIRST_MILLISECONDS = 1e11
_MISSING = frozenset(("", "nan", "null", "none", "na", "n/a"))


class CsvSeries(NamedTuple):
    """``series`` in the order of time; ``rows[i]`` says which row of the file (0 the first) sample i was.

    Rows of one time stay, in the order of the file; ``notes`` tell of them, and of disorder.
    """

    series: Series
    rows: NDArray[np.intp]
    notes: tuple[str, ...]


def read_csv_series(path: str) -> list[CsvSeries]:
    """All series of the file, in the order in which they first occur.

    Raises:
        UsageError: it cannot be read, or a line is not what it should be.
        NoData: it has no rows.
    """
    columns = {name: cells for batch in _read(path, None) for name, cells in batch.items()}
    if not any(times for times, *_ in columns.values()):
        raise NoData(f"{path} has no rows", hint="each row: timestamp,value")
    return [_in_order(name, *cells) for name, cells in columns.items()]


def csv_pieces(path: str, cells: int) -> Iterator[list[Series]]:
    """The series of the file in pieces, about so many ``cells`` at once; rows stay in the order of the file.

    ``put_in_order`` makes of all pieces of a series, one after the other, what ``read_csv_series`` gives.

    Raises:
        UsageError: it cannot be read, or a line is not what it should be.
    """
    for batch in _read(path, cells):
        yield [
            Series(_labels(name), np.array(times, dtype=np.float64), np.array(values, dtype=np.float64))
            for name, (times, values, _) in batch.items()
        ]


def put_in_order(series: Series) -> tuple[Series, tuple[str, ...]]:
    """The series in the order of time, and what there is to tell of its rows."""
    order = np.argsort(series.times, kind="stable")
    steps = np.diff(series.times[order])
    notes = []
    if np.any(np.diff(series.times) < 0):
        notes.append("rows were not in the order of time, and were put in it")
    if np.any(steps == 0):
        notes.append(f"{int(np.count_nonzero(steps == 0))} rows repeat the timestamp of another")
    return Series(series.labels, series.times[order], series.values[order]), tuple(notes)


def _read(path: str, most: int | None) -> Iterator[dict[str, _Cells]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            yield from _batches(csv.reader(file), path, most)
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise UsageError(f"{path} cannot be read: {exc}", hint="a CSV file in UTF-8 with a header") from exc


def _batches(rows: Iterable[list[str]], path: str, most: int | None) -> Iterator[dict[str, _Cells]]:
    """Of each series the times, the values, and the rows that they stand in; all at once without ``most``."""
    rows = iter(rows)
    header = [cell.strip() for cell in next(rows, [])]
    if not header:
        return
    time_at = next((header.index(name) for name in _TIME if name in header), None)
    if time_at is None or len(header) < 2:
        raise UsageError(
            f"{path}: the header {','.join(header)!r} names no timestamp and value",
            hint="the first line should be: timestamp,value",
        )
    value_at = header.index(_VALUE) if _VALUE in header else None
    series_at = header.index(_SERIES) if value_at is not None and _SERIES in header else None
    wide = {name: at for at, name in enumerate(header) if at != time_at} if value_at is None else {}
    names = [_VALUE] if value_at is not None and series_at is None else list(wide)
    found: dict[str, _Cells] = {name: ([], [], []) for name in names}
    number, count = -1, 0
    for line, cells in enumerate(rows, start=2):
        if not cells:
            continue
        number += 1
        try:
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} cells, where the header has {len(header)}")  # noqa: TRY301
            at = _seconds(cells[time_at])
            if value_at is None:
                named = [(name, cells[where]) for name, where in wide.items()]
            else:
                named = [(cells[series_at] if series_at is not None else _VALUE, cells[value_at])]
            for name, text in named:
                times, values, places = found.setdefault(name, ([], [], []))
                values.append(_value(text))
                times.append(at)
                places.append(number)
        except ValueError as exc:
            raise UsageError(f"{path}, line {line}: {exc}", hint="each row: timestamp,value") from exc
        count += len(named)
        if most is not None and count >= most:
            yield found
            found, count = {name: ([], [], []) for name in names}, 0
    yield found


def _in_order(name: str, times: list[float], values: list[float], rows: list[int]) -> CsvSeries:
    read = Series(_labels(name), np.array(times, dtype=np.float64), np.array(values, dtype=np.float64))
    series, notes = put_in_order(read)
    return CsvSeries(series, np.array(rows, dtype=np.intp)[np.argsort(read.times, kind="stable")], notes)


def _labels(name: str) -> dict[str, str]:
    return {} if name == _VALUE else {"series": name}


def _value(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        if text.strip().lower() in _MISSING:
            return float("nan")
        raise ValueError(f"{text!r} is no number") from None


def _seconds(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(f"{text!r} is neither an ISO 8601 time nor epoch seconds") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if amount - amount != 0:
        raise ValueError(f"{text!r} is no time")
    return amount / 1000 if abs(amount) >= _FIRST_MILLISECONDS else amount
