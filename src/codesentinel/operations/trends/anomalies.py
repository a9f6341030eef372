"""``trends anomalies``: what is strange in series though no alert fires."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays
from codesentinel.operations.query import default_step

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.anomalies.examine import Given
    from codesentinel.model.anomaly import Anomalies
    from codesentinel.model.series import Series

SINCE_SECONDS = 7 * 86400.0
SENSITIVITY = 0.5
_VALUES = 2100
_LEAST, _MOST = 0.05, 0.95


@operation("trends.anomalies", metadata=lambda found: {"judged": found.judged, "spans": found.spans})
def anomalies(
    context: Context,
    query: str = "",
    *,
    input_path: str = "",
    since_seconds: float = SINCE_SECONDS,
    end: float | None = None,
    step_seconds: float | None = None,
    sensitivity: float = SENSITIVITY,
    retrospective: bool = False,
    counter: bool = False,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Anomalies:
    """Score how strange each sample of series is, and flag the spans in which something is.

    The series are those of ``query`` over ``since_seconds`` until ``end`` (now), or of a CSV file. A score
    uses nothing after its time unless ``retrospective``. Counters are judged by their rate: those named like
    one, and with ``counter`` all.

    Raises:
        UsageError: neither a query nor a file is given, or both; the sensitivity is out of range.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    if bool(query) == bool(input_path):
        raise UsageError("one of a query and a file is judged", hint="a query in PromQL, or --input CSV")
    if not _LEAST <= sensitivity <= _MOST:
        raise UsageError(f"a sensitivity of {sensitivity:g} makes no sense", hint=f"{_LEAST} to {_MOST}")
    with needs_arrays():
        from codesentinel.analysis.trends.anomalies.alarms import alarm_score
        from codesentinel.analysis.trends.anomalies.examine import examine
        from codesentinel.model.anomaly import Anomalies
    rows: list[NDArray[np.intp]] = []
    if input_path:
        source = input_path
        given, rows = _of_file(input_path)
    else:
        source = without_credentials(url or endpoints(context).history)
        step = step_seconds or default_step(since_seconds, _VALUES)
        until = time.time() if end is None else end
        reader = history_reader(context, url=url, progress=progress)
        given = _sorted(reader.read(query, until - since_seconds, until, step))
        if not given:
            raise NoData(
                f"{source} has nothing for {query}", hint="`codesentinel metrics query` shows what is"
            )
    found = examine(given, sensitivity=sensitivity, retrospective=retrospective, counter=counter)
    series = found.series
    if rows:
        series = tuple(one.in_rows(order) for one, order in zip(series, rows, strict=True))
    return Anomalies(
        source,
        series,
        found.whole,
        found.incidents,
        sensitivity=sensitivity,
        alarm_score=alarm_score(sensitivity),
        retrospective=retrospective,
    )


def _of_file(path: str) -> tuple[list[Given], list[NDArray[np.intp]]]:
    """The series of the file, and for each the rows that its samples were."""
    from codesentinel.analysis.trends.anomalies.examine import Given
    from codesentinel.capture.csv_series import read_csv_series

    read = read_csv_series(path)
    return [Given(one.series, one.notes) for one in read], [one.rows for one in read]


def _sorted(read: list[Series]) -> list[Given]:
    from codesentinel.analysis.trends.anomalies.examine import Given

    return [Given(one) for one in sorted(read, key=lambda one: sorted(one.labels.items()))]
