"""``trends seasonality``: which rhythms are real, and what they mean for scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import UsageError
from codesentinel.model.finding import ranked
from codesentinel.operations.base import Context, operation
from codesentinel.operations.history import needs_arrays
from codesentinel.operations.query import default_step
from codesentinel.operations.trends.asked import Window, asked

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.model.seasonality import Seasonality, SeasonalSeries
    from codesentinel.model.series import Series

SINCE_SECONDS = 28 * 86400.0
HEADROOM = 0.2
_VALUES = 8100
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
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Seasonality:
    """Say which rhythms of series are real, what they look like, whether they change, and when to scale.

    The series are those of ``query`` over the last ``since_seconds``, or of a CSV file. Days and weeks are
    those of ``timezone``. Counters are judged by their rate: those named like one, and with ``counter`` all.
    Among all rhythms that are named, over all series, at most one in a hundred is expected to be false.

    Raises:
        UsageError: neither a query nor a file is given, or both; an unknown time zone; a number out of range.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    if not 0 <= headroom <= 10 or (capacity_per_unit is not None and not capacity_per_unit > 0):
        raise UsageError(
            "head-room is a ratio of 0 to 10, and a unit can do more than nothing",
            hint="--headroom 0.2 --capacity-per-unit 150",
        )
    zone = _zone(timezone)
    with needs_arrays():
        from codesentinel.analysis.trends.seasonality.judge import findings, judge
        from codesentinel.analysis.trends.seasonality.together import FALSE_SHARE, largest_p_value, too_weak
        from codesentinel.model.seasonality import Seasonality
        from codesentinel.render.query_text import selector
    window = Window(since_seconds, step_seconds or default_step(since_seconds, _VALUES))
    source, given, _ = asked(context, query, input_path, window, url=url, progress=progress)
    rated = [one.by_rate("judged", counter=counter) for one in given]

    def said(series: Series, notes: tuple[str, ...], largest: float) -> SeasonalSeries:
        return judge(
            series,
            _local(series.times, zone),
            notes=notes,
            headroom=headroom,
            capacity_per_unit=capacity_per_unit,
            step_seconds=step_seconds,
            largest_p_value=largest,
        )

    judged = [said(series, notes, 1.0) for series, notes in rated]
    largest = largest_p_value(judged)
    for at, (series, notes) in enumerate(rated):
        if too_weak(judged[at], largest):
            told = f"a rhythm is not named: among {len(rated)} series chance gives as much"
            judged[at] = said(series, (*notes, told), largest)
    found = [
        finding
        for one, (series, _) in zip(judged, rated, strict=True)
        for finding in findings(one, selector(series.labels) if series.labels else "the series", series)
    ]
    return Seasonality(source, timezone, tuple(judged), ranked(found), FALSE_SHARE)


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
