"""The series that a question is about: those of a query over some time, or those of a CSV file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.given import Given
    from codesentinel.operations.base import Context


class Window(NamedTuple):
    """What of a query's answer: a value every ``step_seconds`` of the time before ``end`` (None: now)."""

    since_seconds: float
    step_seconds: float
    end: float | None = None


class Asked(NamedTuple):
    """Where they come from; of a file, for each the ``rows`` that its samples were."""

    source: str
    given: list[Given]
    rows: list[NDArray[np.intp]]


def asked(
    context: Context,
    query: str,
    input_path: str,
    window: Window,
    *,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Asked:
    """All series: of a query in the order of their labels, of a file in that of its columns.

    Raises:
        UsageError: neither a query nor a file is given, or both.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    one_of(query, input_path)
    with needs_arrays():
        from codesentinel.analysis.trends.given import Given
    if input_path:
        from codesentinel.capture.csv_series import read_csv_series

        read = read_csv_series(input_path)
        return Asked(input_path, [Given(one.series, one.notes) for one in read], [one.rows for one in read])
    source = without_credentials(url or endpoints(context).history)
    until = time.time() if window.end is None else window.end
    reader = history_reader(context, url=url, progress=progress)
    answer = reader.read(query, until - window.since_seconds, until, window.step_seconds)
    if not answer:
        raise NoData(f"{source} has nothing for {query}", hint="`codesentinel metrics query` shows what is")
    answer = sorted(answer, key=lambda one: sorted(one.labels.items()))
    return Asked(source, [Given(one) for one in answer], [])


def one_of(query: str, input_path: str) -> None:
    """Refuse what names no series, or names them twice.

    Raises:
        UsageError: neither a query nor a file is given, or both.
    """
    if bool(query) == bool(input_path):
        raise UsageError("one of a query and a file is asked about", hint="a query in PromQL, or --input CSV")
