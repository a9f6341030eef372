"""Readings in base units, under the names that Prometheus knows.

A sample stands where its period ends, as a scrape would have it: it tells of what lies before. CloudWatch
itself writes the time at which the period begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.cloudwatch.names import labels, series_name
from codesentinel.model.cloudwatch.statistics import convert
from codesentinel.model.samples import NAME, Samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.cloudwatch.metric import Query, Reading


@dataclass(frozen=True, slots=True)
class CloudSample:
    """The newest value of one series; ``at`` is the end of its period (epoch seconds)."""

    name: str
    labels: Mapping[str, str]
    value: float
    at: float
    period_seconds: int
    namespace: str
    source: str


def newest(reading: Reading) -> CloudSample | None:
    """The last value; None where there is none."""
    if not reading.times:
        return None
    query = reading.query
    return CloudSample(
        series_name(query),
        labels(query.metric),
        convert(query.statistic, query.unit, reading.period_seconds, reading.values[-1]),
        reading.times[-1] + reading.period_seconds,
        reading.period_seconds,
        query.metric.namespace,
        source_of(query),
    )


def samples_of(reading: Reading) -> Samples:
    """All of it, as the long history takes it."""
    query, period = reading.query, reading.period_seconds
    return Samples(
        {NAME: series_name(query), **labels(query.metric)},
        [round((time + period) * 1000) for time in reading.times],
        [convert(query.statistic, query.unit, period, value) for value in reading.values],
    )


def source_of(query: Query) -> str:
    """Where the values come from, in CloudWatch's own words: ``AWS/Lambda Duration p99 (Milliseconds)``."""
    unit = query.unit or "unit not known"
    return f"{query.metric.namespace} {query.metric.name} {query.statistic} ({unit})"


def trouble_of(reading: Reading) -> str:
    """One line that says of which series something may be missing, and why; empty where nothing is."""
    metric = reading.query.metric
    which = ", ".join(f"{name}={value}" for name, value in (*metric.dimensions, ("region", metric.region)))
    return f"{source_of(reading.query)} of {which}: {reading.trouble}" if reading.trouble else ""
