"""``metrics cloudwatch backfill``: a past window into the long history, and a look whether it arrived.

Running it again changes nothing: the storage keeps one sample a moment and series.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.analysis.backfill.tally import Tally as Counted
from codesentinel.capture.cloudwatch import Tally
from codesentinel.capture.cloudwatch_data import PAGE_POINTS, batches, read_metrics
from codesentinel.model.backfill_views import CHECKED, INCOMPLETE
from codesentinel.model.cloudwatch.periods import windows
from codesentinel.model.cloudwatch.plan import Estimate, estimate
from codesentinel.model.cloudwatch.samples import samples_of, trouble_of
from codesentinel.model.cloudwatch.views import CloudBackfill
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.backfill.source import tallied
from codesentinel.operations.backfill.storage import Storage
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.cloudwatch.source import connect, discover_all, rules
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codesentinel.capture.cloudwatch import CloudWatch
    from codesentinel.model.cloudwatch.metric import Query
    from codesentinel.model.cloudwatch.periods import Window
    from codesentinel.model.samples import Samples


class _Job:
    """Series of one region and period, and one of the windows that they are read in."""

    def __init__(self, cloud: CloudWatch, queries: Sequence[Query], window: Window) -> None:
        self.cloud, self.queries, self.window = cloud, queries, window

    @property
    def estimate(self) -> Estimate:
        sizes = [len(batch) for batch in batches(self.queries, self.window)]
        return estimate(sizes, self.window.points, PAGE_POINTS)


def _facts(done: CloudBackfill) -> Mapping[str, object]:
    return {
        "outcome": done.outcome,
        "series": done.series,
        "written": done.written,
        "missing": done.missing,
        "incomplete": len(done.incomplete),
        "metrics_requested": done.metrics_requested,
    }


@operation("metrics.cloudwatch_backfill", Effect.WRITE, metadata=_facts)
def backfill(
    context: Context,
    *,
    start: float,
    end: float | None = None,
    url: str = "",
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
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
    planned = CloudBackfill(
        CHECKED,
        target.rpartition("@")[2],
        len(selection.queries),
        tuple(dict.fromkeys(job.window for job in jobs)),
        _estimate(jobs),
        notes=(*dict.fromkeys(notes), *selection.notes),
    )
    if dry_run:
        return planned
    storage, incomplete, counted = Storage(target, context.tell), dict[str, None](), Counted()
    shown = Progress(progress, "read", planned.estimate.points)
    stored = storage.store(tallied(_batches(jobs, incomplete), counted, shown), counted)
    return replace(
        planned,
        outcome=INCOMPLETE if incomplete else stored.outcome,
        written=stored.written,
        missing=stored.missing,
        requests=tally.requests.get("GetMetricData", 0),
        metrics_requested=tally.metrics_requested,
        incomplete=tuple(incomplete),
        notes=(*planned.notes, *stored.notes),
    )


def _estimate(jobs: Sequence[_Job]) -> Estimate:
    total = Estimate(0, 0, 0)
    for job in jobs:
        total = total.plus(job.estimate)
    return total


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


def _batches(jobs: Sequence[_Job], incomplete: dict[str, None]) -> Iterator[list[Samples]]:
    """All series of all jobs, one after the other; a line for each that may miss something."""
    for job in jobs:
        for reading in read_metrics(job.cloud, job.queries, job.window):
            if reading.trouble:
                incomplete[trouble_of(reading)] = None
            if reading.times:
                yield [samples_of(reading).finite()]
