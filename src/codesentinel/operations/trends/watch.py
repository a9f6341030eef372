"""What is strange now in what is recorded of services, hosts and jobs: a source of every review.

The last three days are read again at each look, a value every minute: that keeps nothing between looks, and
costs about a microsecond a value. Findings are no alerts: they page nobody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.mixin.catalog import host_series, overview, services
from codesentinel.model.errors import NoData
from codesentinel.model.report import Source
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays
from codesentinel.operations.trends.feedback import Opinions, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.finding import Finding
    from codesentinel.model.series import Series
    from codesentinel.operations.base import Context

SOURCE = "anomalies"
STEP_SECONDS = 60.0
_DAY_SECONDS = 86400.0
_DAYS = 3
_MOST_SERIES = 200
_GONE_SECONDS = 600.0
_MEANS = "5m"
"""A rate over seconds, as a stack on one machine records it, is chance for the most part: its mean is not."""


class Watched(NamedTuple):
    """A recorded series, of whose values the mean of some minutes is taken, or a query; and what it gives."""

    query: str
    what: str
    is_mean: bool = True

    @property
    def asked(self) -> str:
        """In PromQL."""
        return f"avg_over_time({self.query}[{_MEANS}])" if self.is_mean else self.query

    def named(self, series: Series) -> Series:
        """What was answered, under the name that the mean has lost."""
        if not self.is_mean:
            return series
        return replace(series, labels={**series.labels, "__name__": self.query})


WATCHED = (
    Watched(services.REQUESTS, "requests per second"),
    Watched(services.ERROR_RATIO, "share of failed requests"),
    Watched(services.P95, "95th percentile of seconds per request"),
    Watched(overview.CPU_BUSY, "busy share of CPUs"),
    Watched(host_series.MEMORY, "available share of memory"),
    Watched(host_series.LOAD, "load per CPU"),
    Watched(host_series.DISK_BUSY, "busy share of a disk"),
    Watched(host_series.RECEIVED, "bytes received per second"),
    Watched(host_series.SENT, "bytes sent per second"),
    Watched(
        "sum by (instance, group) (codesentinel_process_resident_memory_bytes)",
        "bytes of resident memory",
        is_mean=False,
    ),
    Watched(
        "time() - max by (service, job_name) (codesentinel_job_last_success_timestamp_seconds)",
        "seconds since a job's last success",
        is_mean=False,
    ),
)


def watch(context: Context, now: float) -> tuple[list[Finding], Source]:
    """Findings on what is strange now, and how much could be judged.

    Raises:
        CouldNotJudge: the history does not answer, or nothing in it is long enough yet.
    """
    timeout = context.settings.sources.timeout_seconds
    # a server that is dead is told at once: the reader would ask it again
    PrometheusClient(endpoints(context).history, timeout_seconds=timeout).instant("vector(1)")
    with needs_arrays():
        read = list(_read(context, now))
    if not read:
        raise NoData("the history holds nothing that is watched yet")
    from codesentinel.analysis.trends.anomalies.streams import WARM_UP

    ready = [one for one in read if len(one[2]) > WARM_UP]
    if not ready:
        hours = max(one[2].span_seconds for one in read) / 3600
        raise NoData(f"{hours:.1f} hours of history; {WARM_UP * STEP_SECONDS / 3600:g} teach what is usual")
    from codesentinel.analysis.trends.anomalies.now import Strange, findings, strange_now

    opinions = Opinions(context)
    strange: list[Strange] = []
    unjudged = len(read) - len(ready)
    for watched, subject, series in ready:
        try:
            span = strange_now(series, now, opinions.sensitivity(subject))
        except ValueError:
            unjudged += 1
            continue
        if span is not None:
            query = subject if watched.is_mean else watched.query
            strange.append(Strange(subject, watched.what, query, series.labels, span))
    count = len(read) - unjudged
    reason = f"{unjudged} series are too short, or never changed" if unjudged else ""
    return findings(strange), Source(SOURCE, judged=count > 0, reason=reason, checked=count)


def _read(context: Context, now: float) -> Iterator[tuple[Watched, str, Series]]:
    """What was asked, its name and the series, of all that still report; the span begins at a midnight."""
    end = now // STEP_SECONDS * STEP_SECONDS
    start = (now // _DAY_SECONDS - _DAYS) * _DAY_SECONDS
    reader = history_reader(context)
    for watched in WATCHED:
        for series in reader.read(watched.asked, start, end, STEP_SECONDS)[:_MOST_SERIES]:
            if len(series) and now - float(series.times[-1]) <= _GONE_SECONDS:
                named = watched.named(series)
                yield watched, subject_of(watched.query, named), named
