"""Watching one process for a while, and the busiest of all."""

from __future__ import annotations

import time

from codesentinel.capture import process_detail as files
from codesentinel.capture import processes as live
from codesentinel.capture.process_clock import Window
from codesentinel.capture.process_handle import Handles
from codesentinel.model.argv import argv_shape
from codesentinel.model.errors import UsageError
from codesentinel.model.secrets import redacted
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import operation
from codesentinel.operations.process.moment import read_processes
from codesentinel.operations.process.reading import as_handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from codesentinel.model.process import Process
    from codesentinel.operations.base import Context

SHORTEST_SECONDS, LONGEST_SAMPLES = 0.01, 100_000


class Watch:
    """The samples of one process.

    Attributes:
        process: as it was at the beginning.
        samples: one mapping each, as they are printed and written.
        ending: ``complete``, ``interrupted``, ``ended`` or ``replaced``.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.samples: list[dict[str, object]] = []
        self.ending = "complete"

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "process": self.process,
            "samples": self.samples,
            "ending": self.ending,
            "cpu_ratio": _spread([sample["cpu_ratio"] for sample in self.samples]),
            "rss_bytes": _spread([sample["rss_bytes"] for sample in self.samples]),
            "threads": _spread([sample["threads"] for sample in self.samples]),
        }


def _facts(seen: Watch) -> dict[str, Any]:
    return {
        "pid": seen.process.pid,
        "handle": seen.process.handle,
        "samples": len(seen.samples),
        "ending": seen.ending,
    }


@operation(
    "process.watch",
    action="process_watch",
    named=("pid", "interval_seconds", "duration_seconds"),
    metadata=_facts,
)
def watch(
    context: Context,
    pid: str,
    *,
    interval_seconds: float = 1.0,
    duration_seconds: float = 10.0,
    verbose_mode: bool = False,
    full_argv: bool = False,
    on_sample: Callable[[Watch, dict[str, object]], None] | None = None,
) -> Watch:
    """Sample one process; ends early when it ends, or when its id goes to another.

    Args:
        context: where this runs.
        pid: process id or handle.
        interval_seconds: time between samples; the first is taken one interval after the beginning, so
            that each has a CPU figure.
        duration_seconds: how long in all.
        verbose_mode: also give the command line's shape with each sample.
        full_argv: give the redacted command line instead of its shape.
        on_sample: called with each sample as it is taken.

    Raises:
        UsageError: no process id or handle, or an interval of nothing.
        NoSuchProcess: there is none.
    """
    if interval_seconds < SHORTEST_SECONDS:
        raise UsageError(f"--interval must be {SHORTEST_SECONDS} seconds or more")
    if duration_seconds / interval_seconds > LONGEST_SAMPLES:
        raise UsageError(
            f"more than {LONGEST_SAMPLES} samples", hint="use `codesentinel memory process record`"
        )
    reading = read_processes(context)
    first = reading.find(as_handle(pid))
    reading.complete([first])
    first.cpu_ratio = None
    seen = Watch(first)
    window = Window([first.pid], waiting=True)
    began, number = time.monotonic(), 0
    try:
        while (number + 1) * interval_seconds <= duration_seconds + SHORTEST_SECONDS / 2:
            number += 1
            time.sleep(max(0.0, began + number * interval_seconds - time.monotonic()))
            sample = _sample(seen, window, verbose=verbose_mode, full_argv=full_argv)
            if sample is None:
                break
            window = Window([first.pid], waiting=True)
            seen.samples.append(sample)
            if on_sample:
                on_sample(seen, sample)
    except KeyboardInterrupt:
        seen.ending = "interrupted"
    return seen


def _sample(seen: Watch, window: Window, *, verbose: bool, full_argv: bool) -> dict[str, object] | None:
    """One more sample; None when the process is not there any more."""
    used, demanded = window.close()
    now = live.one(seen.process.pid)
    if now is None or now.start_ticks != seen.process.start_ticks:
        seen.ending = "ended" if now is None else "replaced"
        return None
    if Handles().text(now) != seen.process.handle:
        seen.ending = "replaced"
        return None
    sample: dict[str, object] = {
        "timestamp": rfc3339(time.time()),
        "cpu_ratio": used.get(now.pid),
        "demand_ratio": demanded.get(now.pid),
        "rss_bytes": now.rss_bytes,
        "threads": now.threads,
        "fds": files.fd_count(now.pid),
        "status": now.status,
    }
    if verbose or full_argv:
        argv = live.argv_of(now.pid) or []
        sample["argv_redacted" if full_argv else "argv_shape"] = (
            " ".join(redacted(argv)) if full_argv else argv_shape(argv)
        )
    return sample


def _spread(values: list[Any]) -> dict[str, float] | None:
    known = sorted(value for value in values if value is not None)
    return {"min": known[0], "median": known[len(known) // 2], "max": known[-1]} if known else None
