"""``metrics cloudwatch backfill``: a past window into the long history.

Running it again changes nothing: the storage keeps one sample a moment and series.
"""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.act.history import HistoryWriter
from codesentinel.capture.cloudwatch import Tally
from codesentinel.capture.cloudwatch_data import PAGE_POINTS, batches, read_metrics
from codesentinel.model.cloudwatch.periods import windows
from codesentinel.model.cloudwatch.plan import Estimate, estimate
from codesentinel.model.cloudwatch.samples import samples_of, trouble_of
from codesentinel.model.cloudwatch.views import CloudBackfill
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.cloudwatch.source import connect, discover_all, rules
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.capture.cloudwatch import CloudWatch
    from codesentinel.model.cloudwatch.metric import Query
    from codesentinel.model.cloudwatch.periods import Window

_TIMEOUT_SECONDS = 60.0
_TOLD_EVERY_SECONDS = 5.0


class _Job:
    """Series of one region and period, and one of the windows that they are read in."""

    def __init__(self, cloud: CloudWatch, queries: Sequence[Query], window: Window) -> None:
        self.cloud, self.queries, self.window = cloud, queries, window

    @property
    def estimate(self) -> Estimate:
        sizes = [len(batch) for batch in batches(self.queries, self.window)]
        return estimate(sizes, self.window.points, PAGE_POINTS)


def _facts(done: CloudBackfill) -> Mapping[str, object]:
    return {"samples": done.samples, "series": done.series, "incomplete": len(done.incomplete)}


@operation("metrics.cloudwatch_backfill", Effect.WRITE, metadata=_facts)
def backfill(
    context: Context, *, start: float, end: float | None = None, url: str = "", dry_run: bool = False
) -> CloudBackfill:
    """Copy what lies between two moments (epoch seconds) into the long history; a dry run only counts.

    Raises:
        UsageError: the window is empty.
        NotInstalled, ConfigurationError, Unauthorized, Unreachable, BadAnswer: one of the two servers did not
            do its part; what was written stays, and another run fills the rest.
        NoData: there is no metric of those that are wanted, or CloudWatch keeps nothing that old.
    """
    now = time.time()
    until = min(end if end is not None else now, now - context.settings.cloudwatch.delay_seconds)
    if start >= until:
        raise UsageError("the window is empty", hint="--since must lie before --until, and both in the past")
    tally = Tally()
    wanted, clouds = rules(context), connect(context, tally)
    selection = discover_all(context, clouds, wanted, recently_active=False)
    if not selection.queries:
        raise NoData(
            f"no metric of those wanted is in {', '.join(clouds)}",
            hint="CloudWatch lists a metric for two weeks after its last data",
        )
    jobs, notes = _jobs(clouds, selection.queries, start, until, now)
    if not jobs:
        raise NoData("CloudWatch keeps nothing of this window", hint="; ".join(notes))
    if selection.left_out:
        notes.append(f"{selection.left_out} series are left out: cloudwatch.most_series")
    target = url or endpoints(context).history
    expected = Estimate(0, 0, 0)
    for job in jobs:
        expected = expected.plus(job.estimate)
    samples, incomplete = (0, []) if dry_run else _copy(context, jobs, target, expected.points)
    return CloudBackfill(
        dry_run=dry_run,
        target=target.rpartition("@")[2],
        series=len(selection.queries),
        windows=tuple(dict.fromkeys(job.window for job in jobs)),
        estimate=expected,
        samples=samples,
        requests=tally.requests.get("GetMetricData", 0),
        metrics_requested=tally.metrics_requested,
        incomplete=tuple(incomplete),
        notes=(*dict.fromkeys(notes), *selection.notes),
    )


def _jobs(
    clouds: dict[str, CloudWatch], queries: Sequence[Query], start: float, end: float, now: float
) -> tuple[list[_Job], list[str]]:
    def together(query: Query) -> tuple[str, int]:
        return query.metric.region, query.period_seconds

    jobs: list[_Job] = []
    notes: list[str] = []
    for (region, period), group in groupby(sorted(queries, key=together), key=together):
        parts, told = windows(start, end, period, now)
        same = list(group)
        jobs += [_Job(clouds[region], same, window) for window in parts]
        notes += told
    return jobs, notes


def _copy(context: Context, jobs: Sequence[_Job], target: str, expected: int) -> tuple[int, list[str]]:
    """Samples written, and a line for each series of which something may be missing."""
    incomplete: list[str] = []
    told_at, read = time.monotonic(), 0
    with HistoryWriter(target, timeout_seconds=_TIMEOUT_SECONDS, tell=context.tell) as writer:
        writer.check()
        for job in jobs:
            for reading in read_metrics(job.cloud, job.queries, job.window):
                if reading.times:
                    writer.write(samples_of(reading).finite())
                incomplete += filter(None, [trouble_of(reading)])
                read += job.window.points
                if time.monotonic() - told_at > _TOLD_EVERY_SECONDS:
                    told_at = time.monotonic()
                    context.tell(f"{100 * read // expected}%: {writer.written} samples written")
    return writer.written, list(dict.fromkeys(incomplete))
