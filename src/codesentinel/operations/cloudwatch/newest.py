"""``metrics cloudwatch read``: the newest value of each series."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.capture.cloudwatch import CloudWatch, Tally
from codesentinel.capture.cloudwatch_data import read_metrics
from codesentinel.model.cloudwatch.periods import Window
from codesentinel.model.cloudwatch.samples import newest, trouble_of
from codesentinel.model.cloudwatch.views import CloudNewest
from codesentinel.model.errors import NoData
from codesentinel.operations.base import Context, operation
from codesentinel.operations.cloudwatch.source import connect, discover_all, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codesentinel.model.cloudwatch.metric import Query, Reading

LOOK_BACK_PERIODS = 3
SHORTEST_LOOK_BACK_SECONDS = 900
"""Basic monitoring writes every five minutes, whatever period is asked for."""


@operation("metrics.cloudwatch_read", metadata=lambda found: {"series": len(found.samples)})
def read_newest(context: Context) -> CloudNewest:
    """The newest value of each series whose period is over.

    Raises:
        NotInstalled, ConfigurationError, Unauthorized, Unreachable, BadAnswer: it could not be read.
        NoData: there is no metric of those that are wanted.
    """
    wanted, clouds = rules(context), connect(context, Tally())
    selection = discover_all(context, clouds, wanted, recently_active=True)
    if not selection.queries:
        raise NoData(
            f"no metric of those wanted is in {', '.join(clouds)}",
            hint="`codesentinel metrics cloudwatch list --json` says what was looked for",
        )
    delay, now = context.settings.cloudwatch.delay_seconds, time.time()
    readings = list(newest_readings(clouds, selection.queries, now - delay))
    samples = tuple(sample for reading in readings if (sample := newest(reading)) is not None)
    incomplete = tuple(filter(None, map(trouble_of, readings)))
    return CloudNewest(samples, len(readings) - len(samples), selection.left_out, incomplete, selection.notes)


def newest_readings(
    clouds: dict[str, CloudWatch], queries: Iterable[Query], until: float
) -> Iterator[Reading]:
    """The last few periods that were over at ``until`` (epoch seconds), of each series."""

    def together(query: Query) -> tuple[str, int]:
        return query.metric.region, query.period_seconds

    for (region, period), group in groupby(sorted(queries, key=together), key=together):
        end = int(until // period) * period
        yield from read_metrics(clouds[region], list(group), Window(end - look_back(period), end, period))


def look_back(period_seconds: int) -> int:
    """How old a value may be and still be the newest, in whole periods."""
    enough = max(LOOK_BACK_PERIODS * period_seconds, SHORTEST_LOOK_BACK_SECONDS)
    return -(-enough // period_seconds) * period_seconds
