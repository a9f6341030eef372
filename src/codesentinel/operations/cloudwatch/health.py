"""How the reading of CloudWatch goes, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import CollectorRegistry, Metric

    from codesentinel.capture.cloudwatch import Tally
    from codesentinel.model.cloudwatch.samples import CloudSample

_PREFIX = "codesentinel_cloudwatch"


class ReadingHealth(Collector):
    """What was asked, what failed, when a region was read last, and how old its data is."""

    def __init__(self, tally: Tally, registry: CollectorRegistry) -> None:
        self._tally = tally
        self._errors = Counter(
            f"{_PREFIX}_errors",
            "Refreshes of a region that failed, by the kind of the error.",
            ("region", "kind"),
            registry=registry,
        )
        self._seconds = Gauge(
            f"{_PREFIX}_refresh_duration_seconds", "How long the last refresh took.", registry=registry
        )
        self._succeeded, self._series, self._incomplete, self._left_out = (
            Gauge(f"{_PREFIX}_{name}", text, ("region",), registry=registry)
            for name, text in (
                ("last_success_timestamp_seconds", "When the region was last read to the end."),
                ("series", "Series that had data at the last refresh."),
                ("incomplete_series", "Series of which something may be missing since the last refresh."),
                ("left_out_series", "Series beyond cloudwatch.most_series, which are not read."),
            )
        )
        registry.register(self)

    def failed(self, region: str, kind: str) -> None:
        """A region could not be read."""
        self._errors.labels(region, kind).inc()

    def took(self, seconds: float) -> None:
        """A refresh is over."""
        self._seconds.set(seconds)

    def read(self, region: str, at: float, series: int, incomplete: int, left_out: int) -> None:
        """A region was read."""
        self._succeeded.labels(region).set(at)
        self._series.labels(region).set(series)
        self._incomplete.labels(region).set(incomplete)
        self._left_out.labels(region).set(left_out)

    def collect(self) -> Iterator[Metric]:
        """The counts of requests, which the connections keep."""
        requests = CounterMetricFamily(
            f"{_PREFIX}_requests", "Requests sent to AWS, every attempt counted.", labels=["operation"]
        )
        for operation, count in sorted(self._tally.requests.items()):
            requests.add_metric([operation], count)
        yield requests
        for name, text, count in (
            ("throttled_requests", "Attempts that AWS throttled.", self._tally.throttled),
            ("failed_requests", "Attempts that failed in another way.", self._tally.failed),
            (
                "metrics_requested",
                "Metrics asked for by GetMetricData, each page counted: what AWS may charge for.",
                self._tally.metrics_requested,
            ),
        ):
            yield CounterMetricFamily(f"{_PREFIX}_{name}", text, value=count)

    def ages(self, samples: Iterable[CloudSample]) -> Iterator[Metric]:
        """When the data ends that is shown, of the series that is farthest behind and of the newest."""
        ends: dict[tuple[str, str], list[float]] = {}
        for sample in samples:
            ends.setdefault((sample.namespace, sample.labels.get("region", "")), []).append(sample.at)
        for name, text, pick in (
            ("oldest", "When the data of the series ends that is farthest behind.", min),
            ("newest", "When the newest data ends.", max),
        ):
            family = GaugeMetricFamily(
                f"{_PREFIX}_{name}_data_timestamp_seconds", text, labels=["namespace", "region"]
            )
            for key, moments in sorted(ends.items()):
                family.add_metric(key, pick(moments))
            yield family
