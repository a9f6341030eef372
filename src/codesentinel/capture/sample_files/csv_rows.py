"""CSV with a header: one sample a row, its labels in columns."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from codesentinel.capture.sample_files.batches import Gathering
from codesentinel.model.columns import METRIC, TIME_UNITS
from codesentinel.model.rows import milliseconds, number, shown
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from codesentinel.capture.sample_files.batches import Batch, Place
    from codesentinel.model.columns import Columns
    from codesentinel.model.rows import BadRows


def read_csv(file: BinaryIO, bad: BadRows, columns: Columns) -> Iterator[Batch]:
    """Its samples; a header that is wrong is a bad row of its own, and the only one."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=columns.delimiter, strict=True)
    try:
        row = _Row(next(rows, []), columns)
        gathering = Gathering()
        yield from gathering.batches(_samples(rows, row, gathering, bad))
    except UnicodeDecodeError as exc:
        bad.add(rows.line_num + 1, f"not UTF-8, here or soon after: {exc.reason}")
    except ValueError as exc:
        bad.add(1, str(exc))
    finally:
        text.detach()  # the file is the caller's


def _samples(rows: Any, row: _Row, gathering: Gathering, bad: BadRows) -> Iterator[tuple[Place, int, float]]:
    while True:
        try:
            cells = next(rows)
            if not cells:  # a blank line
                continue
            series, time_ms, value = row.sample(cells)
            place = gathering.get(series) or gathering.place(series, row.labels(series))
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise
        except (csv.Error, ValueError) as exc:
            bad.add(rows.line_num, str(exc))
            continue
        yield place, time_ms, value


class _Row:
    """Reads the cells of a row by what the header says.

    Raises:
        ValueError: the header is not what it has to be.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        labels = columns.labels_of(header)
        self._names = tuple(labels.values())
        self._width = len(header)
        self._time = header.index(columns.time)
        self._value = header.index(columns.value)
        self._columns = columns
        self._series: Callable[[Sequence[str]], Any] = itemgetter(*labels) if labels else lambda _: ()
        self._last = ("", 0)

    def sample(self, cells: Sequence[str]) -> tuple[Any, int, float]:
        """What stands for the series, the time in milliseconds, and the value.

        Raises:
            ValueError: saying what is wrong.
        """
        if len(cells) != self._width:
            raise ValueError(f"{len(cells)} cells, where the header has {self._width}")
        time_text, value_text = cells[self._time], cells[self._value]
        value = number(value_text)
        if value - value != 0:
            raise ValueError(f"{shown(value_text)} cannot be stored: no NaN, no infinity")
        if time_text != self._last[0]:  # rows of one moment stand together, often
            self._last = (time_text, _time_ms(time_text, self._columns))
        return self._series(cells), self._last[1], value

    def labels(self, series: Any) -> Mapping[str, str]:
        """Of a series that was not met before; an empty cell is no label.

        Raises:
            ValueError: it has no name, or one that is none.
        """
        cells = (series,) if isinstance(series, str) else series
        labels = {name: cell for name, cell in zip(self._names, cells, strict=True) if cell}
        labels.setdefault(NAME, self._columns.metric)
        if not METRIC.fullmatch(labels[NAME]):
            raise ValueError(f"not a metric's name: {shown(labels[NAME])}")
        return labels


def _time_ms(text: str, columns: Columns) -> int:
    try:
        amount = number(text)
    except ValueError:
        return _calendar_ms(text, assume_utc=columns.assume_utc)
    return milliseconds(amount * TIME_UNITS[columns.time_unit])


def _calendar_ms(text: str, *, assume_utc: bool) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"neither RFC 3339 nor a number: {shown(text)}") from None
    if moment.tzinfo is None:
        if not assume_utc:
            raise ValueError(f"{shown(text)} has no offset from UTC, such as Z or +01:00")
        moment = moment.replace(tzinfo=UTC)
    return milliseconds(moment.timestamp() * 1000)
