"""``trends anomalies``: what is strange in series though no alert fires."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.engines.place import Place, engine_at, parts_of
from codesentinel.operations.history import needs_arrays
from codesentinel.operations.query import default_step
from codesentinel.operations.trends.asked import Window, asked
from codesentinel.operations.trends.feedback import Opinions, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.analysis.trends.anomalies.feedback import Opinion
    from codesentinel.analysis.trends.given import Given
    from codesentinel.model.anomaly import Anomalies, JudgedSeries

SINCE_SECONDS = 7 * 86400.0
SENSITIVITY = 0.5
_VALUES = 2100
_TOGETHER = 50
_USUAL_MS = 2.0
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
    engine: str = "local",
    workers: int = 0,
    engine_address: str = "",
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Anomalies:
    """Score how strange each sample of series is, and flag the spans in which something is.

    The series are those of ``query`` over ``since_seconds`` until ``end`` (now), or of a CSV file. A score
    uses nothing after its time unless ``retrospective``. Counters are judged by their rate: those named like
    one, and with ``counter`` all. Of a query's series it is taken into account what was said of findings
    on them, and told. ``engine`` says where each is judged: on all cores of this machine (``local``), or on
    a cluster of ``dask``, ``ray`` or ``spark``, that at ``engine_address`` or one of ``workers`` here.

    Raises:
        UsageError: neither a query nor a file is given, or both; the sensitivity is out of range.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled, Failed: it could not be read, or the engine failed.
    """
    place = Place(engine, workers, engine_address)
    place.check()
    check_sensitivity(sensitivity)
    with needs_arrays():
        from codesentinel.analysis.trends.anomalies.alarms import alarm_score
        from codesentinel.analysis.trends.anomalies.examine import examine
        from codesentinel.analysis.trends.anomalies.feedback import Opinion
        from codesentinel.model.anomaly import Anomalies
    window = window_of(since_seconds, step_seconds, end)
    source, given, rows = asked(context, query, input_path, window, url=url, progress=progress)
    said = Opinions(context)
    rated = [one.by_rate("judged", counter=counter) for one in given]
    opinions = [said.of(subject_of(query, one.series)) if query else Opinion() for one in given]
    judged: list[JudgedSeries] = []
    with engine_at(place, series=len(rated), milliseconds_each=_USUAL_MS) as where:
        work = partial(judge_part, sensitivity, retrospective)
        for part in where.map(work, parts_of(list(zip(rated, opinions, strict=True)), _TOGETHER)):
            judged += part
    found = examine(rated, judged, sensitivity=sensitivity)
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


def check_sensitivity(sensitivity: float) -> None:
    """See that it makes sense.

    Raises:
        UsageError: it is out of range.
    """
    if not _LEAST <= sensitivity <= _MOST:
        raise UsageError(f"a sensitivity of {sensitivity:g} makes no sense", hint=f"{_LEAST} to {_MOST}")


def window_of(since_seconds: float, step_seconds: float | None, end: float | None = None) -> Window:
    """The samples that are scored."""
    return Window(since_seconds, step_seconds or default_step(since_seconds, _VALUES), end)


def judge_part(
    sensitivity: float, retrospective: bool, part: Sequence[tuple[Given, Opinion]]
) -> list[JudgedSeries]:
    """Of some series, on a worker."""
    from codesentinel.analysis.trends.anomalies.examine import judge_each

    given, opinions = zip(*part, strict=True)
    return judge_each(given, sensitivity=sensitivity, opinions=opinions, retrospective=retrospective)
