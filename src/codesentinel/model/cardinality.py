"""How many series a server holds, and by which labels there come to be so many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding


class MetricSize(NamedTuple):
    """A metric and its series."""

    name: str
    series: int


class LabelSize(NamedTuple):
    """A label and its different values."""

    name: str
    values: int


class PairSize(NamedTuple):
    """A label with one value, and the series that have it."""

    label: str
    value: str
    series: int


class HeadStatus(NamedTuple):
    """What a server says of its series, the largest first; it names ten or more of each kind."""

    server: str
    series: int
    metrics: tuple[MetricSize, ...]
    labels: tuple[LabelSize, ...]
    pairs: tuple[PairSize, ...]


class Churn(NamedTuple):
    """Series of a job: those of the last scrape, and those that were made within an hour and a day."""

    job: str
    active: int
    made_last_hour: int
    made_last_day: int


class LabelUse(NamedTuple):
    """Where a label with many values stands.

    Attributes:
        metric: the one with most series that have it.
        values: different values within that metric.
        sample: some of them.
    """

    label: str
    metric: str
    values: int
    sample: tuple[str, ...]


class Limits(NamedTuple):
    """What is too many."""

    label_values: int = 1_000
    metric_series: int = 10_000
    churn_ratio: float = 2.0
    churn_series: int = 1_000


class Cardinality(NamedTuple):
    """What a server holds, and the findings on it."""

    status: HeadStatus
    churn: tuple[Churn, ...]
    limits: Limits
    findings: tuple[Finding, ...]

    @property
    def exit_status(self) -> int:
        """1 where anything is beyond its limit."""
        return 1 if self.findings else 0

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        kinds = ("metrics", "labels", "pairs")
        return {
            "server": self.status.server,
            "series": self.status.series,
            **{kind: [one._asdict() for one in getattr(self.status, kind)] for kind in kinds},
            "churn": [one._asdict() for one in self.churn],
            "limits": self.limits._asdict(),
            "findings": self.findings,
        }
