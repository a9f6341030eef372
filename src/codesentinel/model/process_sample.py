"""Samples of processes over time: what the recorder keeps and the detectors look at.

A process that has not run since the sample before is the very same object in both: its clock of CPU
time stood still, so nothing of its own doing can have changed. That makes a sample of a quiet host
cost microseconds, and its record a few bytes.
"""

from __future__ import annotations

from itertools import pairwise

from codesentinel.model.process import Process, Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Identity = tuple[int, int]
"""Process id and start tick."""


class Sampled:
    """One process in one sample.

    Args:
        process: what is shown of it, with handle, login name and the shape of its command line.
        cpu_seconds: CPU time of all its threads so far, to the nanosecond.
        waited_seconds: time its threads stood ready in run queues; None where it is not known.
        private_bytes: memory of its own, without what is shared and files; None where not known.
        fds: open file descriptors; None where they may not be counted.
        fds_limit: how many it may have.
        exe: its program file; empty where it may not be read.
        argv_digest: tells equal command lines from different ones, and nothing else of them.
    """

    __slots__ = (
        "argv_digest",
        "cpu_seconds",
        "exe",
        "fds",
        "fds_limit",
        "private_bytes",
        "process",
        "waited_seconds",
    )

    def __init__(
        self,
        process: Process,
        *,
        cpu_seconds: float,
        waited_seconds: float | None = None,
        private_bytes: int | None = None,
        fds: int | None = None,
        fds_limit: int | None = None,
        exe: str = "",
        argv_digest: str = "",
    ) -> None:
        self.process = process
        self.cpu_seconds = cpu_seconds
        self.waited_seconds = waited_seconds
        self.private_bytes = private_bytes
        self.fds = fds
        self.fds_limit = fds_limit
        self.exe = exe
        self.argv_digest = argv_digest

    @property
    def memory_bytes(self) -> int:
        """Its own memory where that is known, else all that is resident."""
        return self.process.rss_bytes if self.private_bytes is None else self.private_bytes


class Host:
    """What the whole machine is doing at a sample.

    Args:
        memory_bytes: physical memory.
        available_bytes: of it what can still be given out without swapping (``MemAvailable``).
        memory_stall_ratio: share of the last ten seconds in which all tasks waited for memory (PSI full).
        starts: processes and threads started so far in our PID namespace, modulo ``starts_wrap``.
        starts_wrap: at which number ids begin anew.
        cores: how many there are.
    """

    __slots__ = ("available_bytes", "cores", "memory_bytes", "memory_stall_ratio", "starts", "starts_wrap")

    def __init__(
        self,
        *,
        memory_bytes: int,
        available_bytes: int,
        memory_stall_ratio: float | None,
        starts: int,
        starts_wrap: int,
        cores: int,
    ) -> None:
        self.memory_bytes = memory_bytes
        self.available_bytes = available_bytes
        self.memory_stall_ratio = memory_stall_ratio
        self.starts = starts
        self.starts_wrap = starts_wrap
        self.cores = cores


class Sample:
    """All processes at one moment.

    Args:
        time: seconds since the epoch.
        processes: by process id.
        host: the machine then.
        coverage: what could not be read, as :meth:`codesentinel.model.process.Scan.coverage` says it.
    """

    __slots__ = ("coverage", "host", "processes", "time")

    def __init__(
        self,
        time: float,
        processes: Mapping[int, Sampled],
        host: Host,
        coverage: Mapping[str, object],
    ) -> None:
        self.time = time
        self.processes = processes
        self.host = host
        self.coverage = coverage

    def scan(self) -> Scan:
        """The processes as every command reads them."""
        return Scan(self.time, {pid: one.process for pid, one in self.processes.items()})


class History:
    """Samples in the order of time.

    Args:
        samples: at least one.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.samples = samples
        self._series: dict[Identity, list[tuple[float, Sampled]]] = {}
        for sample in samples:
            for one in sample.processes.values():
                self._series.setdefault(one.process.identity, []).append((sample.time, one))

    @property
    def last(self) -> Sample:
        """The latest sample."""
        return self.samples[-1]

    def seconds(self) -> float:
        """From the first sample to the last."""
        return self.last.time - self.samples[0].time

    def alive(self) -> Iterator[tuple[Sampled, list[tuple[float, Sampled]]]]:
        """Each process of the last sample, with all its samples."""
        for one in self.last.processes.values():
            yield one, self._series[one.process.identity]

    def everyone(self) -> Iterator[list[tuple[float, Sampled]]]:
        """The samples of each process that was ever seen."""
        yield from self._series.values()


def demands(series: Sequence[tuple[float, Sampled]]) -> list[tuple[float, float, float]]:
    """Between each two samples: end, cores used, cores demanded (used and waited for)."""
    found = []
    for (before, one), (after, two) in pairwise(series):
        seconds = after - before
        if seconds <= 0:
            continue
        used = max(two.cpu_seconds - one.cpu_seconds, 0.0) / seconds
        waited = 0.0
        if one.waited_seconds is not None and two.waited_seconds is not None:
            waited = max(two.waited_seconds - one.waited_seconds, 0.0) / seconds
        found.append((after, used, used + waited))
    return found
