"""Recording all processes every few seconds, at a cost that is bounded."""

from __future__ import annotations

import time

from codesentinel.act.single import only_one
from codesentinel.act.stop_signals import stop_signals
from codesentinel.capture.process_sampler import Sampler
from codesentinel.model.errors import LogUnwritable
from codesentinel.operations.base import Effect, operation
from codesentinel.operations.process.replay import samples_folder
from codesentinel.store.process_samples import SampleWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from codesentinel.operations.base import Context

_DUTY = 0.005  # at most this share of a core: a slow reading makes the pause longer

_NAP_SECONDS = 0.5  # how soon a signal to stop is heeded


class Recording:
    """What a recorder has done.

    Attributes:
        samples: how many were written.
        processes_seen: how many there were in the last one.
        bytes_written: in all.
        cpu_ratio: share of one core that it took.
        longest_pause_seconds: the longest time between two samples.
    """

    __slots__ = ("bytes_written", "cpu_ratio", "longest_pause_seconds", "processes_seen", "samples")

    def __init__(self) -> None:
        self.samples = 0
        self.processes_seen = 0
        self.bytes_written = 0
        self.cpu_ratio = 0.0
        self.longest_pause_seconds = 0.0

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {name: getattr(self, name) for name in self.__slots__}


def _facts(done: Recording) -> dict[str, Any]:
    return done.as_document()


@operation("process.record", Effect.WRITE, metadata=_facts)
def record(
    context: Context, *, interval_seconds: float | None = None, duration_seconds: float = 0.0
) -> Recording:
    """Sample all processes until Ctrl-C, or for a while; old samples are removed.

    Args:
        context: where this runs.
        interval_seconds: between samples; the setting ``process.record_interval_seconds`` when None.
        duration_seconds: how long; 0 for no end.

    Raises:
        AlreadyRunning: another recorder works in this workspace.
        CouldNotJudge: there is no ``/proc`` to read.
    """
    settings = context.settings.process
    interval = interval_seconds or settings.record_interval_seconds
    with only_one(
        context.state_dir / "process" / "lock", "the processes of this workspace are recorded already"
    ):
        writer = SampleWriter(
            samples_folder(context),
            retention_seconds=settings.record_retention_seconds,
            most_bytes=settings.record_most_bytes,
        )
        done = Recording()
        with stop_signals() as told_to_stop:
            try:
                _record(context, writer, done, interval, duration_seconds, told_to_stop)
            finally:
                writer.close()
    return done


def _record(  # noqa: PLR0917 - the parts of one loop
    context: Context,
    writer: SampleWriter,
    done: Recording,
    interval: float,
    duration: float,
    told_to_stop: Callable[[], bool],
) -> None:
    sampler, failing = Sampler(), ""
    began, cpu_began = time.monotonic(), time.process_time()
    due = began
    context.tell(f"recording all processes every {interval:g} seconds")
    while not told_to_stop() and (not duration or time.monotonic() - began < duration):
        cpu = time.process_time()
        sample = sampler.sample()
        try:
            done.bytes_written += writer.write(sample)
        except LogUnwritable as exc:
            if failing != exc.message:
                context.tell(f"warning: {exc.message}")
            failing = exc.message
        else:
            done.samples += 1
            failing = ""
        done.processes_seen = len(sample.processes)
        took = time.process_time() - cpu
        pause = (
            max(interval, took / _DUTY) if done.samples > 1 else interval
        )  # the first one reads everything
        done.longest_pause_seconds = max(done.longest_pause_seconds, pause)
        due = max(due + pause, time.monotonic())
        done.cpu_ratio = (time.process_time() - cpu_began) / max(time.monotonic() - began, 1e-9)
        while not told_to_stop() and (left := due - time.monotonic()) > 0:
            time.sleep(min(left, _NAP_SECONDS))
