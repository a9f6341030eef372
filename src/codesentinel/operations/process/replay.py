"""Processes as they were recorded: the same questions, asked of the past."""

from __future__ import annotations

from codesentinel.model.errors import NoData
from codesentinel.model.handle import Handle, parse_handle
from codesentinel.model.process import Process
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.process.reading import Reading
from codesentinel.store.process_samples import SampleReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.model.process_sample import Sample
    from codesentinel.operations.base import Context

OLDEST_SECONDS = 120.0
"""A sample older than this, seen from the moment asked for, says nothing about that moment."""


class RecordedReading(Reading):
    """One recorded sample, with CPU use since the sample before."""

    def __init__(self, sample: Sample, before: Sample | None) -> None:
        super().__init__(sample.scan())
        self.scan.vanished = 0
        self._use(sample, before)

    def handle(self, process: Process) -> Handle:
        """The handle, as it was recorded."""
        known = parse_handle(process.handle)
        return Handle(process.pid, known.inode, process.start_ticks, known.boot)

    def complete(self, processes: Iterable[Process], *, argv: bool = True) -> None:
        """Nothing is missing: all of it was recorded."""

    def _use(self, sample: Sample, before: Sample | None) -> None:
        if before is not None:
            self.window_seconds = round(sample.time - before.time, 6)
        for pid, one in sample.processes.items():
            process = _copy(one.process)
            self.scan.processes[pid] = process
            was = before.processes.get(pid) if before is not None else None
            if was is not None and was.process.identity == process.identity and self.window_seconds:
                process.cpu_ratio = max(one.cpu_seconds - was.cpu_seconds, 0.0) / self.window_seconds


def recorded(context: Context, at: float) -> RecordedReading:
    """The last sample at or before this moment.

    Raises:
        NoData: there is none within two minutes before it.
    """
    found = samples_between(context, at - OLDEST_SECONDS, at)
    if not found:
        raise NoData(
            f"no processes were recorded in the two minutes before {rfc3339(at)}",
            hint="`codesentinel memory process record` records them, and so does `codesentinel up`",
        )
    return RecordedReading(found[-1], found[-2] if len(found) > 1 else None)


def samples_folder(context: Context) -> str:
    """Where the samples of this workspace lie."""
    return context.path(".codesentinel", "process")


def samples_between(context: Context, since: float, until: float) -> list[Sample]:
    """All recorded samples from ``since`` to ``until``, seconds since the epoch."""
    return list(SampleReader(samples_folder(context), since).samples(until))


def _copy(process: Process) -> Process:
    """A process of its own, for ``cpu_ratio`` belongs to the moment."""
    copied = Process.__new__(Process)
    for name in Process.__slots__:
        setattr(copied, name, getattr(process, name))
    return copied
