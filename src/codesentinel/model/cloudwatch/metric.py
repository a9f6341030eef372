"""What is asked of CloudWatch, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CloudMetric:
    """One metric of one resource; ``dimensions`` are pairs of name and value, sorted by name.

    ``account`` is that of the owner, where accounts are told apart.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    region: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """One time series: a statistic of a metric. ``unit`` is the metric's own; empty where nobody knows it."""

    metric: CloudMetric
    statistic: str
    unit: str
    period_seconds: int


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The answer to one query: rising ``times`` (epoch seconds, where each period begins) and raw ``values``.

    ``period_seconds`` is that of the answer; ``trouble`` says why something may be missing, and is empty
    where all is there.
    """

    query: Query
    period_seconds: int
    times: array[float]
    values: array[float]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule that says which metrics are read.

    Args:
        names: of metrics; empty for all of the namespace.
        dimensions: a metric counts if it has exactly these; None takes it whatever it has.
        where: values that dimensions must have.
        unit: what the values are in; CloudWatch does not say so with the data.
        period_seconds: 0 for the setting's.
    """

    namespace: str
    names: tuple[str, ...]
    statistics: tuple[str, ...]
    dimensions: frozenset[str] | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    period_seconds: int = 0

    def takes(self, metric: CloudMetric) -> bool:
        """Whether the rule speaks of this metric."""
        values = dict(metric.dimensions)
        return (
            metric.namespace == self.namespace
            and (not self.names or metric.name in self.names)
            and (self.dimensions is None or self.dimensions == values.keys())
            and all(values.get(name) == value for name, value in self.where.items())
        )
