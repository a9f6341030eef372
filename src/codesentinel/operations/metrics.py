"""codesentinel's own metrics. The truth is the log: counters are rebuilt from it, and survive restarts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from codesentinel import __version__
from codesentinel.instrument.exposition import exposition
from codesentinel.operations.calamum_metrics import CalamumMetrics
from codesentinel.operations.deploy.metrics import DeploymentMetrics
from codesentinel.operations.process.metrics import ProcessMetrics
from codesentinel.operations.satellites.metrics import ProcedureMetrics
from codesentinel.operations.trends.watch import SOURCE, WATCHED
from codesentinel.store.follow import Follower
from codesentinel.store.reader import domains

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.model.finding import Finding
    from codesentinel.model.report import Source
    from codesentinel.operations.base import Context

_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class OwnMetrics:
    """What ``/metrics`` shows: what was done, as the log tells it, and what the last review found."""

    def __init__(self, context: Context) -> None:
        self._root = context.root
        self._followers: dict[str, Follower] = {}
        self._reading = threading.Lock()
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._events = Counter(
            "codesentinel_events_total", "Events in the log.", ["domain"], registry=registry
        )
        self._damaged = Counter(
            "codesentinel_damaged_lines_total",
            "Lines of the log that are no event.",
            ["domain"],
            registry=registry,
        )
        self._operations = Counter(
            "codesentinel_operations_total", "Operations run.", ["operation", "outcome"], registry=registry
        )
        self._durations = Histogram(
            "codesentinel_operation_duration_seconds",
            "How long operations took.",
            ["operation"],
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._deployments = DeploymentMetrics(context, registry)
        self._procedures = ProcedureMetrics(registry)
        self._takers = {"calamum": CalamumMetrics(registry).take, "satellites": self._procedures.take}
        self._processes = ProcessMetrics(context)
        registry.register(self._processes)
        self._findings = Gauge(
            "codesentinel_findings", "Findings of the last review.", ["kind", "severity"], registry=registry
        )
        self._exhaustion = Gauge(
            "codesentinel_capacity_exhaustion_timestamp_seconds",
            "When the last review expects a resource to be full, and the bounds of the 90% interval.",
            ["kind", "resource", "bound"],
            registry=registry,
        )
        self._strange = Gauge(
            "codesentinel_trend_anomalies",
            "Series that the last review found strange though no alert fires, by what they measure.",
            ["what"],
            registry=registry,
        )
        self._reviewed = Gauge(
            "codesentinel_review_success", "Whether the last review could judge anything.", registry=registry
        )
        self._ingested = Counter(
            "codesentinel_deployments_ingested", "Deployments taken from a Pushgateway.", registry=registry
        )
        self._ingested_at = Gauge(
            "codesentinel_deployments_ingest_timestamp_seconds",
            "When the Pushgateway was last looked at with success; 0 for never.",
            registry=registry,
        )
        build = Gauge(
            "codesentinel_build_info", "Which codesentinel this is.", ["version"], registry=registry
        )
        build.labels(__version__).set(1)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """The text and its content type, after reading what the log gained since the last call."""
        with self._reading:  # two scrapes at once would count the same lines twice
            self._catch_up()
        return exposition(self._registry, accept)

    def reviewed(self, findings: Iterable[Finding] | None, sources: Iterable[Source] = ()) -> None:
        """Show these findings; None when the review failed: old findings are not shown as new ones.

        Of what was looked at in vain a 0 is shown only where ``sources`` say that it could be judged.
        """
        findings = None if findings is None else list(findings)
        self._processes.found(findings or ())
        self._findings.clear()
        self._exhaustion.clear()
        self._strange.clear()
        if any(source.name == SOURCE and source.judged for source in sources):
            for watched in WATCHED:
                self._strange.labels(watched.what)
        self._reviewed.set(findings is not None)
        for finding in findings or ():
            self._findings.labels(finding.kind, finding.severity.value).inc()
            for one in finding.evidence.get("series", ()) if finding.kind == "anomaly" else ():
                self._strange.labels(one["what"]).inc()
            for bound, moment in finding.evidence.get("exhausted_at", {}).items():
                if hasattr(moment, "timestamp"):
                    kind = finding.kind.removeprefix("capacity.")
                    self._exhaustion.labels(kind, finding.subject, bound).set(moment.timestamp())

    def ingested(self, count: int, at: float) -> None:
        """Show that what was pushed was looked at (epoch seconds), and how many deployments were new."""
        self._ingested.inc(count)
        self._ingested_at.set(at)

    def _catch_up(self) -> None:
        self._procedures.begin()
        for domain, path in domains(self._root).items():
            counter, damaged = self._events.labels(domain), self._damaged.labels(domain)  # both born at 0
            for read in self._followers.setdefault(domain, Follower(path)):
                if read.event is None:
                    damaged.inc()
                    continue
                counter.inc()
                self._count_operation(read.event)
                if take := self._takers.get(domain):
                    take(read.event)
        self._procedures.end()
        self._deployments.catch_up()

    def _count_operation(self, event: dict[str, Any]) -> None:
        """A verb's event names its operation and how it ended; other events do not."""
        try:
            facts = event["activity"]["metadata"]
            operation, outcome = facts["operation"], facts["outcome"]
            seconds = float(event["duration_ms"]) / 1000
        except (KeyError, TypeError, ValueError):
            return
        self._operations.labels(str(operation), str(outcome)).inc()
        self._durations.labels(str(operation)).observe(seconds)
