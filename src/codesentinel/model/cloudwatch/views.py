"""What the verbs of ``metrics cloudwatch`` hand back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.backfill_views import CHECKED, UNVERIFIED, WRITTEN
from codesentinel.model.cloudwatch.names import base_unit, labels, series_name
from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from codesentinel.model.cloudwatch.metric import Query
    from codesentinel.model.cloudwatch.periods import Window
    from codesentinel.model.cloudwatch.plan import Estimate
    from codesentinel.model.cloudwatch.samples import CloudSample


def query_document(query: Query) -> dict[str, object]:
    """The JSON shape of one series that is read."""
    return {
        "name": series_name(query),
        "labels": labels(query.metric),
        "namespace": query.metric.namespace,
        "metric": query.metric.name,
        "statistic": query.statistic,
        "source_unit": query.unit,
        "unit": base_unit(query),
        "period_seconds": query.period_seconds,
    }


@dataclass(frozen=True, slots=True)
class CloudListing:
    """The series that are read, and what a refresh of the exporter costs."""

    queries: tuple[Query, ...]
    left_out: int
    notes: tuple[str, ...]
    refresh: Estimate
    refresh_seconds: float

    @property
    def usd_per_day(self) -> float:
        """What the exporter costs at the list price."""
        return self.refresh.usd * 86400 / self.refresh_seconds

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "series": [query_document(query) for query in self.queries],
            "left_out": self.left_out,
            "notes": self.notes,
            "metrics_requested_per_refresh": self.refresh.metrics_requested,
            "refresh_seconds": self.refresh_seconds,
            "estimated_usd_per_day": self.usd_per_day,
        }


@dataclass(frozen=True, slots=True)
class CloudNewest:
    """The newest value of every series; ``incomplete`` are those of which something may be missing."""

    samples: tuple[CloudSample, ...]
    without_data: int
    left_out: int
    incomplete: tuple[str, ...]
    notes: tuple[str, ...]

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "samples": [
                {
                    "name": one.name,
                    "labels": one.labels,
                    "value": one.value,
                    "at": rfc3339(one.at),
                    "source": one.source,
                }
                for one in self.samples
            ],
            "without_data": self.without_data,
            "left_out": self.left_out,
            "incomplete": self.incomplete,
            "notes": self.notes,
        }


@dataclass(frozen=True, slots=True)
class CloudBackfill:
    """What was, or would be, written into the history.

    Attributes:
        outcome: as of any backfill; ``incomplete`` also where CloudWatch did not answer to the end.
        written: samples that were sent.
        missing: samples that the storage does not hold afterwards; None where it was not asked.
        incomplete: a line for each series of which CloudWatch did not give everything.
    """

    outcome: str
    target: str
    series: int
    windows: tuple[Window, ...]
    estimate: Estimate
    written: int = 0
    missing: int | None = None
    requests: int = 0
    metrics_requested: int = 0
    incomplete: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether everything that there is was read, and is where it belongs."""
        return self.outcome in (CHECKED, WRITTEN)

    @property
    def exit_status(self) -> int:
        """1 where something is missing, 3 where that could not be seen."""
        return 0 if self.succeeded else 3 if self.outcome == UNVERIFIED else 1

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "outcome": self.outcome,
            "target": self.target,
            "series": self.series,
            "windows": [
                {"from": rfc3339(one.start), "to": rfc3339(one.end), "period_seconds": one.period_seconds}
                for one in self.windows
            ],
            "estimated_requests": self.estimate.requests,
            "estimated_metrics_requested": self.estimate.metrics_requested,
            "estimated_samples": self.estimate.points,
            "estimated_usd": self.estimate.usd,
            "written": self.written,
            "missing": self.missing,
            "requests": self.requests,
            "metrics_requested": self.metrics_requested,
            "incomplete": self.incomplete,
            "notes": self.notes,
        }
