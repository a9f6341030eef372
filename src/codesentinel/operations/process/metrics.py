"""Metrics of processes by group: what the recorder saw last, for a few groups and not for each process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from codesentinel.operations.process.replay import samples_folder
from codesentinel.store.process_samples import SampleReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import Metric

    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import Sample, Sampled
    from codesentinel.operations.base import Context

MOST_GROUPS = 50
OTHERS, KERNEL = "(others)", "(kernel)"
_STALE_SECONDS = 60.0


class ProcessMetrics(Collector):
    """Groups are commands. The first fifty that are worth it keep a series of their own; the rest share one.

    Which they are does not change while the exporter runs: a series that comes and goes is no series.
    """

    def __init__(self, context: Context) -> None:
        self._reader = SampleReader(samples_folder(context), time.time() - _STALE_SECONDS)
        self._last: Sample | None = None
        self._before: Sample | None = None
        self._cpu: dict[str, float] = {}
        self._named: set[str] = set()
        self._anomalies: dict[str, int] = {}

    def found(self, findings: Iterable[Finding]) -> None:
        """What the last review found."""
        counts: dict[str, int] = {}
        for finding in findings:
            if finding.source == "processes":
                kind = finding.kind.removeprefix("process-")
                counts[kind] = counts.get(kind, 0) + 1
        self._anomalies = counts

    def collect(self) -> Iterator[Metric]:
        """The series; none of them when nothing was recorded lately."""
        for sample in self._reader.samples():
            self._take(sample)
        if self._last is None or time.time() - self._last.time > _STALE_SECONDS:
            return
        yield from self._families(self._last)

    def describe(self) -> list[Metric]:
        """Nothing: the registry must not read samples when this is registered."""
        return []

    def _take(self, sample: Sample) -> None:
        """Count the CPU time since the sample before: what has ended meanwhile keeps its share."""
        self._before, self._last = self._last, sample
        self._name(sample)
        for pid, one in sample.processes.items():
            was = self._before.processes.get(pid) if self._before else None
            same = was is not None and was.process.identity == one.process.identity
            begun = self._before is not None and one.process.start_time >= self._before.time
            before = was.cpu_seconds if was is not None and same else 0.0 if begun else one.cpu_seconds
            group = self._group(one)
            self._cpu[group] = self._cpu.get(group, 0.0) + max(one.cpu_seconds - before, 0.0)

    def _name(self, sample: Sample) -> None:
        by_size = sorted(
            sample.processes.values(), key=lambda one: -(one.memory_bytes + one.cpu_seconds * 1e6)
        )
        for one in by_size:
            if len(self._named) >= MOST_GROUPS:
                return
            if not one.process.is_kernel_thread:
                self._named.add(one.process.name)

    def _group(self, one: Sampled) -> str:
        if one.process.is_kernel_thread:
            return KERNEL
        return one.process.name if one.process.name in self._named else OTHERS

    def _families(self, sample: Sample) -> Iterator[Metric]:
        resident = GaugeMetricFamily(
            "codesentinel_process_resident_memory_bytes", "Resident memory.", labels=["group"]
        )
        fds = GaugeMetricFamily("codesentinel_process_open_fds", "Open file descriptors.", labels=["group"])
        threads = GaugeMetricFamily("codesentinel_process_threads", "Threads.", labels=["group"])
        count = GaugeMetricFamily("codesentinel_process_count", "Processes.", labels=["group"])
        demand = GaugeMetricFamily(
            "codesentinel_process_demand_ratio", "Cores used and waited for.", labels=["group"]
        )
        cpu = CounterMetricFamily("codesentinel_process_cpu_seconds", "CPU time used.", labels=["group"])
        groups: dict[str, list[Sampled]] = {}
        for one in sample.processes.values():
            groups.setdefault(self._group(one), []).append(one)
        for group, members in sorted(groups.items()):
            resident.add_metric([group], sum(one.process.rss_bytes for one in members))
            fds.add_metric([group], sum(one.fds or 0 for one in members))
            threads.add_metric([group], sum(one.process.threads for one in members))
            count.add_metric([group], len(members))
            demand.add_metric([group], sum(self._demand(one, sample) for one in members))
        for group, seconds in sorted(self._cpu.items()):
            cpu.add_metric([group], seconds)
        anomalies = GaugeMetricFamily(
            "codesentinel_process_anomalies", "Findings on processes of the last review.", labels=["kind"]
        )
        for kind, number in sorted(self._anomalies.items()):
            anomalies.add_metric([kind], number)
        yield from (resident, fds, threads, count, demand, cpu, anomalies)

    def _demand(self, one: Sampled, sample: Sample) -> float:
        was = self._before.processes.get(one.process.pid) if self._before else None
        if self._before is None or was is None or was.process.identity != one.process.identity:
            return 0.0
        seconds = sample.time - self._before.time
        waited = (one.waited_seconds or 0.0) - (was.waited_seconds or 0.0)
        return (
            max(one.cpu_seconds - was.cpu_seconds + max(waited, 0.0), 0.0) / seconds if seconds > 0 else 0.0
        )
