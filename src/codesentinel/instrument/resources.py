"""What the process of a service lacks: read when somebody scrapes, and at no other time.

``prometheus_client`` shows CPU time, memory and descriptors of the process. What is added here is what it
waited for: a core, its quota, a page, the disk. Of Linux; elsewhere what cannot be read is left out.
"""

from __future__ import annotations

import gc
import resource
import threading
import time
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from codesentinel.instrument.families import registered
from codesentinel.instrument.kernel_files import Kernel, Tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import CollectorRegistry, Metric


def measure_resources(registry: CollectorRegistry | None = None) -> ResourceMetrics:
    """Show the waits of this process in the registry; once, however often it is called.

    A scrape reads some files of ``/proc`` and two for each thread, some 40 microseconds a thread, at most 200
    of them. Collections of garbage are timed by the interpreter's own callback, about a microsecond each.
    """
    return registered(_of_this_process, registry)


class ResourceMetrics(Collector):
    """The collector; :func:`measure_resources` makes and registers it."""

    def __init__(self, proc: str = "/proc") -> None:
        self._kernel, self._tasks = Kernel(proc), Tasks(proc)
        self._collecting = threading.Lock()
        self._pauses = [0.0, 0.0, 0.0]
        self._pause_began = 0.0
        gc.callbacks.append(self._paused)

    def close(self) -> None:
        """Time collections no longer."""
        gc.callbacks.remove(self._paused)

    def describe(self) -> list[Metric]:
        """Nothing: the registry need not read files when this is registered."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The series."""
        with self._collecting:
            return list(self._families())

    def _families(self) -> Iterator[Metric]:
        pauses = CounterMetricFamily(
            "codesentinel_runtime_gc_pause_seconds",
            "Time in which collections of garbage stopped the process, by generation.",
            labels=["generation"],
        )
        for generation, seconds in enumerate(self._pauses):
            pauses.add_metric([str(generation)], seconds)
        yield pauses
        used = resource.getrusage(resource.RUSAGE_SELF)
        for name, text, value in (
            ("major_page_faults", "Pages that had to be read from the disk.", used.ru_majflt),
            ("voluntary_context_switches", "Times that a thread waited for something.", used.ru_nvcsw),
            ("involuntary_context_switches", "Times that a thread lost its core.", used.ru_nivcsw),
        ):
            yield CounterMetricFamily(f"codesentinel_runtime_{name}", text, value=value)
        tasks = self._tasks.read()
        if tasks is not None:
            yield CounterMetricFamily(
                "codesentinel_runtime_run_delay_seconds",
                "Time that threads were ready and waited for a core.",
                value=tasks.run_delay_seconds,
            )
            yield GaugeMetricFamily(
                "codesentinel_runtime_blocked_threads",
                "Threads that wait for a disk, at the moment of the scrape.",
                value=tasks.blocked,
            )
        yield from self._of_the_kernel()

    def _of_the_kernel(self) -> Iterator[Metric]:
        throttled = self._kernel.throttled_seconds()
        if throttled is not None:
            yield CounterMetricFamily(
                "codesentinel_runtime_cpu_throttled_seconds",
                "Time in which the quota of the control group was used up.",
                value=throttled,
            )
        stalls = CounterMetricFamily(
            "codesentinel_runtime_pressure_waiting_seconds",
            "Time in which a task of the control group waited for a resource (PSI, some).",
            labels=["resource"],
        )
        for name, seconds in self._kernel.pressure_seconds().items():
            stalls.add_metric([name], seconds)
        if stalls.samples:
            yield stalls
        resent = self._kernel.retransmitted_segments()
        if resent is not None:
            yield CounterMetricFamily(
                "codesentinel_runtime_tcp_retransmitted_segments",
                "Segments sent again in the network namespace of the process.",
                value=resent,
            )

    def _paused(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._pause_began = time.perf_counter()
        elif self._pause_began:
            self._pauses[info["generation"]] += time.perf_counter() - self._pause_began


def _of_this_process(registry: CollectorRegistry) -> ResourceMetrics:
    found = ResourceMetrics()
    registry.register(found)
    return found
