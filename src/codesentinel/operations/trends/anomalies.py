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

    from codesentinel.model.anomaly import Anomalies, JudgedSeries
    from codesentinel.model.series import Series

SINCE_SECONDS = 7 * 86400.0
SENSITIVITY = 0.5
_VALUES = 2100
_COUNTERS = ("_total", "_count", "_sum", "_bucket")
_LEAST, _MOST = 0.05, 0.95


@operation("trends.anomalies", metadata=lambda found: {"judged": found.judged, "spans": found.spans})
def anomalies(
    context: Context,
    query: str = "",
    *,
    input_path: str = "",
    since_seconds: float = SINCE_SECONDS,
    step_seconds: float | None = None,
    sensitivity: float = SENSITIVITY,
    retrospective: bool = False,
    counter: bool = False,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Anomalies:
    """Score how strange each sample of series is, and flag the spans in which something is.

    The series are those of ``query`` over the last ``since_seconds``, or of a CSV file. A score uses nothing
    after its time unless ``retrospective``. Counters are judged by their rate: those named like one, and with
    ``counter`` all.

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
        from codesentinel.model.anomaly import Anomalies

    def judged(series: Series, notes: tuple[str, ...]) -> JudgedSeries:
        return _judged(series, notes, sensitivity=sensitivity, retrospective=retrospective, counter=counter)

    if input_path:
        source, found = input_path, _of_file(input_path, judged)
    else:
        source = without_credentials(url or endpoints(context).history)
        until = time.time()
        step = step_seconds or default_step(since_seconds, _VALUES)
        read = history_reader(context, url=url, progress=progress).read(
            query, until - since_seconds, until, step
        )
        if not read:
            raise NoData(
                f"{source} has nothing for {query}", hint="`codesentinel metrics query` shows what is"
            )
        read = sorted(read, key=lambda one: sorted(one.labels.items()))
        found = tuple(judged(one, ()) for one in read)
    return Anomalies(source, found, sensitivity, alarm_score(sensitivity), retrospective)


def _of_file(
    path: str, judged: Callable[[Series, tuple[str, ...]], JudgedSeries]
) -> tuple[JudgedSeries, ...]:
    """The series of the file, each in the order of its rows."""
    from codesentinel.capture.csv_series import read_csv_series

    return tuple(judged(one.series, one.notes).in_rows(one.rows) for one in read_csv_series(path))


def _judged(
    series: Series, notes: tuple[str, ...], *, sensitivity: float, retrospective: bool, counter: bool
) -> JudgedSeries:
    from codesentinel.analysis.trends.anomalies.counters import as_rate
    from codesentinel.analysis.trends.anomalies.judge import judge

    if counter or series.labels.get("__name__", "").endswith(_COUNTERS):
        series, notes = as_rate(series), (*notes, "a counter: judged by its rate per second")
    return judge(series, sensitivity=sensitivity, retrospective=retrospective, notes=notes)
