"""Looking at processes: a table, a tree, groups, and one in detail."""

from __future__ import annotations

from codesentinel.model.errors import UsageError
from codesentinel.model.process_views import SORTS, ProcessGroup, ProcessTable, ProcessTree
from codesentinel.operations.base import operation
from codesentinel.operations.process.moment import read_processes
from codesentinel.operations.process.reading import LiveReading, as_handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from codesentinel.model.process import Process
    from codesentinel.operations.base import Context
    from codesentinel.operations.process.reading import Reading

GROUPINGS = ("command", "user", "cgroup")
DEEPEST = 100
_CPU_WINDOW_SECONDS = 0.25  # what sorting by CPU waits for when no window is given


def _table_facts(table: ProcessTable) -> dict[str, Any]:
    return {
        "total_scanned": len(table.scan.processes),
        "shown": len(table.processes),
        "unreadable": sum(table.scan.unreadable.values()),
    }


def _tree_facts(found: ProcessTree) -> dict[str, Any]:
    return {"pid": found.root.pid, "handle": found.root.handle, "shown": len(found.rows())}


@operation(
    "process.system",
    action="discovery_system_scan",
    named=("limit", "verbose_mode"),
    metadata=_table_facts,
)
def system(
    context: Context,
    *,
    limit: int = 15,
    sort: str = "memory",
    match: str = "",
    window_seconds: float = 0.0,
    at: float | None = None,
    full_argv: bool = False,
    verbose_mode: bool = False,  # noqa: ARG001 - for the record
) -> ProcessTable:
    """The processes that use most of something, and how many there are in all.

    Args:
        context: where this runs.
        limit: how many to show; 0 for all.
        sort: ``memory``, ``cpu``, ``time`` (CPU used), ``threads``, ``start`` (youngest first) or ``pid``.
        match: a term or ``key:regexp``.
        window_seconds: how long to measure CPU use; 0 gives the mean of each lifetime, unless sorted by CPU.
        at: show what was recorded at this moment instead.
        full_argv: also give command lines, redacted.
        verbose_mode: whether command lines are shown to a person; for the record.

    Raises:
        UsageError: an order or filter that does not exist.
        NoData: nothing was recorded at that moment.
    """
    if sort not in SORTS:
        raise UsageError(f"cannot sort by {sort!r}", hint=f"one of {', '.join(SORTS)}")
    if sort == "cpu" and not window_seconds:
        window_seconds = _CPU_WINDOW_SECONDS
    reading = read_processes(context, at, window_seconds=window_seconds)
    chosen = ordered(reading, match=match, sort=sort, limit=limit)
    return ProcessTable(
        reading.scan,
        chosen,
        limit=limit,
        sort=sort,
        window_seconds=reading.window_seconds,
        commands=_commands(chosen) if full_argv else {},
    )


@operation("process.tree", action="process_tree_view", named=("pid", "depth"), metadata=_tree_facts)
def tree(context: Context, pid: str, *, depth: int = DEEPEST, at: float | None = None) -> ProcessTree:
    """A process with its ancestors and descendants.

    Args:
        context: where this runs.
        pid: process id or handle.
        depth: how many levels below it to show, at most 100.
        at: show what was recorded at this moment instead.

    Raises:
        UsageError: no process id or handle.
        NoSuchProcess: there is none.
        NoData: nothing was recorded at that moment.
    """
    reading = read_processes(context, at)
    root = reading.find(as_handle(pid))
    known = reading.scan.processes
    ancestors = [known[one] for one in reading.scan.ancestors(root.pid) if one in known]
    found = ProcessTree(reading.scan, root, ancestors, depth=max(0, min(depth, DEEPEST)))
    reading.complete([*ancestors, *(process for _, process, _ in found.rows())])
    return found


@operation("process.group", metadata=lambda groups: {"groups": len(groups)})
def group(
    context: Context,
    by: str = "command",
    limit: int = 0,
    window_seconds: float = 0.0,
    at: float | None = None,
) -> list[ProcessGroup]:
    """All processes, summed up by command, user or control group; most memory first.

    Args:
        context: where this runs.
        by: ``command``, ``user`` or ``cgroup`` (which tells containers apart).
        limit: how many groups to show; 0 for all.
        window_seconds: how long to measure CPU use; 0 gives the mean of each lifetime.
        at: show what was recorded at this moment instead.

    Raises:
        UsageError: no such grouping, or control groups of the past.
        NoData: nothing was recorded at that moment.
    """
    if by not in GROUPINGS:
        raise UsageError(f"cannot group by {by!r}", hint=f"one of {', '.join(GROUPINGS)}")
    if by == "cgroup" and at is not None:
        raise UsageError(
            "control groups are not recorded", hint="group by command or user, or leave out --at"
        )
    reading = read_processes(context, at, window_seconds=window_seconds)
    everything = list(reading.scan.processes.values())
    if by == "user":
        reading.complete(everything, argv=False)
    groups: dict[str, ProcessGroup] = {}
    for process in everything:
        name = _group_name(process, by)
        groups.setdefault(name, ProcessGroup(name)).add(process)
    ranked = sorted(groups.values(), key=lambda g: (-g.rss_bytes, -g.count, g.name))
    return ranked[:limit] if limit > 0 else ranked


def ordered(reading: Reading, *, match: str, sort: str, limit: int) -> list[Process]:
    """Those that match, most first, complete; ``sort`` is one of :data:`SORTS`.

    Raises:
        UsageError: a filter that does not exist.
    """
    chosen = _matching(reading, match)
    chosen.sort(key=_KEYS[sort], reverse=sort != "pid")
    chosen = chosen[:limit] if limit > 0 else chosen
    reading.complete(chosen)
    return chosen


def _group_name(process: Process, by: str) -> str:
    if by == "user":
        return process.username
    if process.is_kernel_thread:
        return "[kernel threads]"
    if by == "command":
        return process.name
    from codesentinel.capture.process_detail import cgroup_of

    return cgroup_of(process.pid) or "(unreadable)"


def _matching(reading: Reading, match: str) -> list[Process]:
    everything = list(reading.scan.processes.values())
    if not match:
        return everything
    from codesentinel.model.process_filter import ProcessFilter

    wanted = ProcessFilter(match)
    if wanted.wants_argv and isinstance(reading, LiveReading):
        reading.read_argv(everything)
    if wanted.wants_username:
        reading.complete(everything, argv=False)
    return [process for process in everything if wanted.matches(process)]


def _commands(processes: Iterable[Process]) -> dict[int, str]:
    from codesentinel.model.secrets import redacted

    return {process.pid: " ".join(redacted(process.argv)) for process in processes if process.argv}


_KEYS: dict[str, Any] = {
    "memory": lambda process: process.rss_bytes,
    "cpu": lambda process: process.cpu_ratio or 0.0,
    "time": lambda process: process.cpu_seconds,
    "threads": lambda process: process.threads,
    "start": lambda process: process.start_ticks,
    "pid": lambda process: process.pid,
}
