"""``trends seasonality``: which rhythms are real, and what they mean for scaling."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import UsageError
from codesentinel.model.finding import ranked
from codesentinel.operations.base import Context, operation
from codesentinel.operations.engines.place import Place, engine_at, parts_of
from codesentinel.operations.history import needs_arrays
from codesentinel.operations.query import default_step
from codesentinel.operations.trends.asked import Window, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.given import Given
    from codesentinel.model.seasonality import Seasonality, SeasonalSeries

SINCE_SECONDS = 28 * 86400.0
HEADROOM = 0.2
_VALUES = 8100
_TOGETHER = 10
_USUAL_MS = 40.0
_ZONE_GRAIN = 900.0  # no zone changes its offset at another moment


@operation("trends.seasonality", metadata=lambda found: {"judged": found.judged, "series": len(found.series)})
def seasonality(
    context: Context,
    query: str = "",
    *,
    input_path: str = "",
    since_seconds: float = SINCE_SECONDS,
    step_seconds: float | None = None,
    timezone: str = "UTC",
    headroom: float = HEADROOM,
    capacity_per_unit: float | None = None,
    counter: bool = False,
    engine: str = "local",
    workers: int = 0,
    engine_address: str = "",
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Seasonality:
    """Say which rhythms of series are real, what they look like, whether they change, and when to scale.

    The series are those of ``query`` over the last ``since_seconds``, or of a CSV file. Days and weeks are
    those of ``timezone``. Counters are judged by their rate: those named like one, and with ``counter`` all.
    ``engine`` says where: on all cores of this machine (``local``), or on a cluster of ``dask``, ``ray`` or
    ``spark``, that at ``engine_address`` or one of ``workers`` here. Among all rhythms that are named, over
    all series, at most one in a hundred is expected to be false.

    Raises:
        UsageError: neither a query nor a file is given, or both; an unknown time zone; a number out of range.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled, Failed: it could not be read, or the engine failed.
    """
    place = Place(engine, workers, engine_address)
    place.check()
    if not 0 <= headroom <= 10 or (capacity_per_unit is not None and not capacity_per_unit > 0):
        raise UsageError(
            "head-room is a ratio of 0 to 10, and a unit can do more than nothing",
            hint="--headroom 0.2 --capacity-per-unit 150",
        )
    zone = _zone(timezone)
    with needs_arrays():
        from codesentinel.analysis.trends.given import Given
        from codesentinel.analysis.trends.seasonality.judge import findings
        from codesentinel.analysis.trends.seasonality.together import FALSE_SHARE, largest_p_value, too_weak
        from codesentinel.model.seasonality import Seasonality
        from codesentinel.render.query_text import selector
    window = Window(since_seconds, step_seconds or default_step(since_seconds, _VALUES))
    source, given, _ = asked(context, query, input_path, window, url=url, progress=progress)
    rated = [one.by_rate("judged", counter=counter) for one in given]
    wish = Wish(zone, headroom, capacity_per_unit, step_seconds)
    with engine_at(place, series=len(rated), milliseconds_each=_USUAL_MS) as where:

        def said(series: Sequence[Given], largest: float) -> list[SeasonalSeries]:
            parts = parts_of(series, _TOGETHER)
            return [one for part in where.map(partial(judge_part, wish, largest), parts) for one in part]

        judged = said(rated, 1.0)
        largest = largest_p_value(judged)
        told = f"a rhythm is not named: among {len(rated)} series chance gives as much"
        weak = [at for at, one in enumerate(judged) if too_weak(one, largest)]
        again = [Given(rated[at].series, (*rated[at].notes, told)) for at in weak]
        for at, one in zip(weak, said(again, largest), strict=True):
            judged[at] = one
    found = [
        finding
        for one, (series, _) in zip(judged, rated, strict=True)
        for finding in findings(one, selector(series.labels) if series.labels else "the series", series)
    ]
    return Seasonality(source, timezone, tuple(judged), ranked(found), FALSE_SHARE)


class Wish(NamedTuple):
    """How each series is judged: whose days, with which head-room, in which steps."""

    zone: ZoneInfo | None
    headroom: float
    capacity_per_unit: float | None
    step_seconds: float | None


def judge_part(wish: Wish, largest: float, part: Sequence[Given]) -> list[SeasonalSeries]:
    """Of some series, on a worker; rhythms with a p-value above ``largest`` are not named."""
    from codesentinel.analysis.trends.seasonality.judge import judge

    return [
        judge(
            one.series,
            _local(one.series.times, wish.zone),
            notes=one.notes,
            headroom=wish.headroom,
            capacity_per_unit=wish.capacity_per_unit,
            step_seconds=wish.step_seconds,
            largest_p_value=largest,
        )
        for one in part
    ]


def _zone(name: str) -> ZoneInfo | None:
    """None for UTC, which needs no table."""
    if name.upper() == "UTC":
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as exc:
        raise UsageError(f"no time zone is called {name}", hint="such as UTC or Europe/Berlin") from exc


def _local(times: NDArray[np.float64], zone: ZoneInfo | None) -> NDArray[np.float64]:
    """Wall times there, as seconds since 1970-01-01 00:00 there."""
    if zone is None:
        return times
    from datetime import datetime, timedelta

    import numpy as np

    known = np.isfinite(times)
    moments, place = np.unique(np.floor(times[known] / _ZONE_GRAIN) * _ZONE_GRAIN, return_inverse=True)
    offsets = [
        (datetime.fromtimestamp(at, zone).utcoffset() or timedelta()).total_seconds()
        for at in moments.tolist()
    ]
    local = times.copy()
    local[known] += np.array(offsets)[place]
    return local
