"""What ``metrics cloudwatch serve`` shows: the newest values, and how the reading of them goes.

Values are shown without a timestamp of their own. CloudWatch's data is minutes old, and Prometheus shows
nothing that is older than five; how old it is stands in a metric, and what is too old is not shown at all.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from codesentinel.capture.cloudwatch import Tally
from codesentinel.instrument.exposition import exposition
from codesentinel.model.cloudwatch.samples import newest
from codesentinel.model.errors import CodesentinelError
from codesentinel.operations.cloudwatch.health import ReadingHealth
from codesentinel.operations.cloudwatch.newest import look_back, newest_readings
from codesentinel.operations.cloudwatch.source import connect, discover, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from codesentinel.capture.cloudwatch import CloudWatch
    from codesentinel.model.cloudwatch.samples import CloudSample
    from codesentinel.model.cloudwatch.selection import Selection
    from codesentinel.operations.base import Context

DISCOVER_EVERY_SECONDS = 900.0


class CloudExporter(Collector):
    """Refreshed from time to time; a scrape shows what is known and never waits for AWS.

    Raises:
        NotInstalled, ConfigurationError: it could never read anything.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._settings = context.settings.cloudwatch
        self._tally = Tally()
        self._rules = rules(context)
        self._clouds = connect(context, self._tally)
        self._selections: dict[str, Selection] = {}
        self._discovered_at: dict[str, float] = {}
        self._shown: dict[str, list[CloudSample]] = {}
        self._told: set[str] = set()
        self._changing = threading.Lock()
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(self)
        self._health = ReadingHealth(self._tally, self._registry)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """The text and its content type."""
        return exposition(self._registry, accept)

    def refresh(self) -> None:
        """Read the newest values of each region. One that fails keeps what it had until that is too old.

        Raises:
            CodesentinelError: a region failed; the others were read nevertheless.
        """
        began, failures = time.monotonic(), []
        for region, cloud in self._clouds.items():
            try:
                self._refresh_region(region, cloud)
            except CodesentinelError as exc:
                self._health.failed(region, exc.kind)
                failures.append(exc)
        self._health.took(time.monotonic() - began)
        if failures:
            raise failures[0]

    def collect(self) -> Iterator[Metric]:
        """The values that are not too old."""
        now = time.time()
        with self._changing:
            samples = [sample for region in self._shown.values() for sample in region]
        current = [sample for sample in samples if now - sample.at <= self._oldest_seconds(sample)]
        families: dict[str, GaugeMetricFamily] = {}
        for sample in current:
            family = families.get(sample.name)
            if family is None:
                family = GaugeMetricFamily(sample.name, f"CloudWatch: {sample.source}.")
                families[sample.name] = family
            family.add_sample(sample.name, dict(sample.labels), sample.value)
        yield from families.values()
        yield from self._health.ages(current)

    def _refresh_region(self, region: str, cloud: CloudWatch) -> None:
        now = time.time()
        if now - self._discovered_at.get(region, 0.0) >= DISCOVER_EVERY_SECONDS:
            self._discover(region, cloud, now)
        selection = self._selections[region]
        readings = list(
            newest_readings({region: cloud}, selection.queries, now - self._settings.delay_seconds)
        )
        samples = [sample for reading in readings if (sample := newest(reading)) is not None]
        with self._changing:
            self._shown[region] = samples
        incomplete = sum(1 for reading in readings if reading.trouble)
        self._health.read(region, now, len(samples), incomplete, selection.left_out)

    def _discover(self, region: str, cloud: CloudWatch, now: float) -> None:
        """Look which series there are; where that fails, those of the last time are good enough."""
        try:
            selection = discover(self._context, cloud, self._rules, recently_active=True)
        except CodesentinelError as exc:
            if region not in self._selections:
                raise
            self._health.failed(region, exc.kind)
            return
        self._selections[region], self._discovered_at[region] = selection, now
        for note in selection.notes:
            if note not in self._told:
                self._told.add(note)
                self._context.tell(f"note: {note}")

    def _oldest_seconds(self, sample: CloudSample) -> float:
        """How old a value may be: as when it was read, and one refresh may fail."""
        period = sample.period_seconds
        return look_back(period) + self._settings.delay_seconds + period + 2 * self._settings.refresh_seconds
