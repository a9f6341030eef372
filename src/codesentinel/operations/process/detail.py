"""One process in detail, now or as it was recorded."""

from __future__ import annotations

import time

from codesentinel.capture import process_detail as files
from codesentinel.capture.process_clock import Window, cpu_seconds
from codesentinel.model.process_detail import ProcessDetail
from codesentinel.model.secrets import redacted
from codesentinel.operations.base import operation
from codesentinel.operations.process.moment import read_processes
from codesentinel.operations.process.reading import as_handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.process import Process
    from codesentinel.operations.base import Context

_RECORDED = ("pid", "cpu_ratio", "rss_bytes", "threads", "runtime_seconds", "status")


def _facts(found: ProcessDetail) -> dict[str, Any]:
    document: Any = found.as_document()["process"]
    return {"handle": document["handle"], **{name: document[name] for name in _RECORDED}}


@operation("process.detail", action="detail_inspection", named=("pid", "verbose_mode"), metadata=_facts)
def detail(
    context: Context,
    pid: str,
    *,
    window_seconds: float = 0.1,
    at: float | None = None,
    verbose_mode: bool = False,
    full_argv: bool = False,
) -> ProcessDetail:
    """Everything about one process that may be read, except its environment.

    Args:
        context: where this runs.
        pid: process id or handle.
        window_seconds: how long to measure CPU use and demand; 0 leaves both unknown.
        at: show what was recorded at this moment instead.
        verbose_mode: also each thread's time and its share of shared memory.
        full_argv: also give the command line, redacted.

    Raises:
        UsageError: no process id or handle.
        NoSuchProcess: there is none.
        NoData: nothing was recorded at that moment.
    """
    reading = read_processes(context, at)
    process = reading.find(as_handle(pid))
    known = reading.scan.processes
    ancestors = [known[one] for one in reading.scan.ancestors(process.pid) if one in known]
    children = [known[one] for one in reading.scan.children().get(process.pid, ())]
    reading.complete([process, *ancestors, *children])
    age = reading.scan.time - process.start_time
    facts: dict[str, Any] = {}
    if at is None:
        facts = _used(process, window_seconds)
        facts |= _owned(process, threads=verbose_mode, proportional=verbose_mode)
        if full_argv:
            facts["argv_redacted"] = None if process.argv is None else redacted(process.argv)
    else:
        facts["recorded_at"] = reading.scan.time
    return ProcessDetail(process, age, ancestors, children, facts)


def _used(process: Process, window_seconds: float) -> dict[str, Any]:
    """CPU over a window: used, and wanted."""
    process.cpu_ratio = None
    demand = None
    facts: dict[str, Any] = {"cpu_window_seconds": None}
    if window_seconds:
        window = Window([process.pid], waiting=True)
        time.sleep(window_seconds)
        used, demanded = window.close()
        process.cpu_ratio, demand = used.get(process.pid), demanded.get(process.pid)
        facts["cpu_window_seconds"] = round(window.seconds, 6)
    facts["demand_ratio"] = demand
    exact = cpu_seconds(process.pid)
    if exact is not None:
        process.cpu_seconds = exact
    return facts


def _owned(process: Process, *, threads: bool, proportional: bool) -> dict[str, Any]:
    found = files.detail(process.pid, threads=threads, proportional=proportional)
    return {
        "exe": found.exe,
        "cwd": found.cwd,
        "cgroup": found.cgroup,
        "fds": found.fds,
        "fds_limit": found.fd_limit,
        "read_bytes": found.read_bytes,
        "write_bytes": found.write_bytes,
        "swap_bytes": found.swap_bytes,
        "proportional_bytes": found.proportional_bytes,
        "oom_score": found.oom_score,
        "wait_channel": found.wait_channel,
        "is_frozen": process.state == "D" and files.is_frozen(process.pid),
        "namespace_pids": found.namespace_pids,
        "thread_times": found.threads,
        "unreadable": found.unreadable,
    }
