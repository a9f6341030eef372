"""``metrics query``: what a server answers now, or over a span of its history."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.capture.http_stream import without_credentials
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.query_answer import QueryAnswer
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.series import Series

_VALUES = 250
_USUAL_STEPS = (1, 2, 5, 10, 15, 30, *(60 * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)))


@operation("metrics.query", metadata=lambda answer: {"series": len(answer.series), "samples": answer.samples})
def query(
    context: Context,
    expression: str,
    *,
    start: float | None = None,
    end: float | None = None,
    step_seconds: float | None = None,
    stored: bool = False,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> QueryAnswer:
    """Ask Prometheus, or the long history for a span of time, in PromQL.

    Without a ``start`` the expression is evaluated once, at ``end`` or now. With one it is evaluated every
    ``step_seconds``, by default so that there are at most 250 values; ``stored`` gives the samples of a
    selector as they are stored. Times are epoch seconds.

    Raises:
        BadQuery: the server does not understand the expression.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    until = time.time() if end is None else end
    servers = endpoints(context)
    server = url or (servers.prometheus if start is None else servers.history)
    step = None
    if start is None:
        if stored or step_seconds is not None:
            raise UsageError("a step or stored samples need a span of time", hint="--since 1h")
        kind, series = "instant", _instant(context, expression, until, server)
    else:
        if start > until:
            raise UsageError("the span ends before it begins", hint="--from TIME --to TIME, in this order")
        if stored and step_seconds is not None:
            raise UsageError("stored samples have no step", hint="leave one of the two out")
        if not stored:
            step = step_seconds or default_step(until - start)
        found = history_reader(context, url=server, progress=progress).read(expression, start, until, step)
        kind = "samples" if stored else "range"
        series = sorted(found, key=lambda one: sorted(one.labels.items()))
    shown = without_credentials(server)
    if not series:
        raise NoData(
            f"{shown} has nothing for {expression}",
            hint="what there is: `codesentinel metrics query 'count by (__name__) ({__name__!=\"\"})'`",
        )
    begin = until if start is None else start
    return QueryAnswer(expression, shown, kind, begin, until, step_seconds=step, series=tuple(series))


def default_step(span_seconds: float, values: int = _VALUES) -> float:
    """The shortest usual step at which a span has at most so many values."""
    return next((step for step in _USUAL_STEPS if span_seconds / step <= values), span_seconds // values)


def _instant(context: Context, expression: str, at: float, server: str) -> list[Series]:
    with needs_arrays():
        import numpy as np

        from codesentinel.model.series import Series

    client = PrometheusClient(server, timeout_seconds=context.settings.sources.timeout_seconds)
    rows = client.at(expression, at)
    return [Series(labels, np.array([time]), np.array([value])) for labels, time, value in rows]
