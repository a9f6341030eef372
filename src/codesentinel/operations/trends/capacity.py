"""``trends capacity``: when everything that has a limit is full."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays
from codesentinel.operations.query import default_step
from codesentinel.operations.trends.resources import SINCE_SECONDS, STEPS, candidates_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.capture.history import HistoryReader
    from codesentinel.model.capacity import Capacities

HORIZON_SECONDS = 60 * 86400.0
_GENERIC = "raise the limit, or find what fills it: `codesentinel metrics query` shows the series"


def _facts(found: Capacities) -> Mapping[str, Any]:
    return {"judged": found.judged, "findings": len(found.findings)}


@operation("trends.capacity", metadata=_facts)
def capacity(
    context: Context,
    *,
    query: str = "",
    limit: float | None = None,
    input_path: str = "",
    horizon_seconds: float = HORIZON_SECONDS,
    since_seconds: float | None = None,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Capacities:
    """Say when each resource that has a limit is full, with the interval of the date.

    Without a ``query`` and a file these are the resources whose use and limit are both found in the
    long history: disks, inodes, memory, processors, descriptors, connections, process ids, quotas. The
    history is that of the last ``since_seconds`` (30 days; of a file all of it).

    Raises:
        UsageError: a query or a file has no limit, both are given, or a limit is given alone.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    _check(query, input_path, limit, horizon_seconds)
    with needs_arrays():
        from codesentinel.analysis.trends.capacity.findings import findings, ordered
        from codesentinel.analysis.trends.capacity.judge import judge_all
        from codesentinel.model.capacity import Capacities

    now = time.time()
    if input_path:
        assert limit is not None  # noqa: S101 - checked above
        source = input_path
        candidates = list(_of_file(input_path, limit, since_seconds))
        now = max((float(one.series.times[-1]) for one in candidates if len(one.series)), default=now)
    else:
        source = without_credentials(url or endpoints(context).history)
        reader = history_reader(context, url=url, progress=progress)
        span = SINCE_SECONDS if since_seconds is None else since_seconds
        if query and limit is not None:
            candidates = list(_of_query(reader, query, limit, now, span))
        else:
            candidates = list(candidates_in(reader, now, span))
    if not candidates:
        raise NoData(
            f"{source} has nothing {f'for {query}' if query else 'whose use and limit are known'}",
            hint="`codesentinel doctor` says what is missing; `--query EXPR --limit N` judges anything",
        )
    judged = ordered(judge_all(candidates, now=now, horizon_seconds=horizon_seconds))
    return Capacities(source, horizon_seconds, judged, findings(judged, now))


def _check(query: str, input_path: str, limit: float | None, horizon_seconds: float) -> None:
    if query and input_path:
        raise UsageError("one of a query and a file is judged", hint="leave --query or --input out")
    if (query or input_path) and limit is None:
        raise UsageError("it has no limit", hint="--limit N, in the unit of the values")
    if limit is not None and not (query or input_path):
        raise UsageError("a limit of what?", hint="--query EXPR --limit N, or --input CSV --limit N")
    if limit is not None and not math.isfinite(limit):
        raise UsageError(f"{limit:g} is no limit", hint="a number, in the unit of the values")
    if horizon_seconds <= 0:
        raise UsageError("the horizon lies not ahead", hint="such as --horizon 60d")


def _of_file(path: str, limit: float, since_seconds: float | None) -> Iterator[Candidate]:
    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.capture.csv_series import read_csv_series
    from codesentinel.model.capacity import Resource
    from codesentinel.model.series import Series

    for one in read_csv_series(path):
        series = one.series
        if since_seconds is not None and len(series):
            late = series.times >= series.times[-1] - since_seconds
            series = Series(series.labels, series.times[late], series.values[late])
        name = series.labels.get("series", "value")
        yield Candidate(Resource("file", name, "its limit", _GENERIC), series, limit)


def _of_query(
    reader: HistoryReader, query: str, limit: float, now: float, span: float
) -> Iterator[Candidate]:
    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.model.capacity import Resource
    from codesentinel.render.query_text import selector

    for series in reader.read(query, now - span, now, default_step(span, STEPS)):
        subject = selector(series.labels) if series.labels else query
        yield Candidate(Resource("query", subject, "its limit", _GENERIC), series, limit)
