"""The series of a run, read piece by piece onto the disk: never all of them in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.capture.csv_series import csv_pieces, put_in_order
from codesentinel.capture.sample_files.source import SampleFile
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.rows import BadRows
from codesentinel.model.series import Series
from codesentinel.operations.history import history_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from codesentinel.operations.base import Context
    from codesentinel.store.run_folder import RunFolder

_CELLS = 1_000_000
_MILLISECOND = 1e-3


def read_into(
    folder: RunFolder, context: Context, url: str, progress: Callable[[float, int], None] | None
) -> None:
    """All series that the run asks for, from its file or its server.

    Raises:
        UsageError: the file cannot be read.
        NoData: there are none.
        BadQuery, Unreachable, BadAnswer, NotInstalled: the server did not give them.
    """
    asked: dict[str, Any] = folder.asked or {}
    for pieces in _pieces(context, asked, url, progress):
        folder.add(pieces)
    if not folder.count:
        raise NoData(f"{asked['source']} has nothing for {asked['query'] or 'a run'}")
    folder.ready()


def in_order(asked: dict[str, Any], series: Series) -> tuple[Series, tuple[str, ...]]:
    """A series as it is judged, with what there is to say of how it was read."""
    return put_in_order(series) if asked["input_path"] else (series, ())


def _pieces(
    context: Context, asked: dict[str, Any], url: str, progress: Callable[[float, int], None] | None
) -> Iterator[list[Series]]:
    path = asked["input_path"]
    if not path:
        reader = history_reader(context, url=url, progress=progress)
        start, end = asked["end"] - asked["since_seconds"], asked["end"]
        for chunk in reader.chunks(asked["query"], start, end, asked["step_seconds"]):
            yield chunk.series
    elif os.path.splitext(path)[1].lower() == ".csv":
        yield from csv_pieces(path, _CELLS)
    else:
        bad = BadRows()
        for batch in SampleFile(path).batches(bad):
            yield [
                Series(one.labels, np.array(one.times_ms) * _MILLISECOND, np.array(one.values, float))
                for one in batch
            ]
        if bad.count:
            row = bad.first[0]
            raise UsageError(
                f"{path}, line {row.line}: {row.message} ({bad.count} such rows)",
                hint="`codesentinel metrics export` writes files that can be read",
            )
