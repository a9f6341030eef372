"""What the process commands hand back: a table, one process in detail, a tree, groups."""

from __future__ import annotations

from codesentinel.model.timestamp import rfc3339

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.process import Process, Scan

SORTS = ("memory", "cpu", "time", "threads", "start", "pid")


class ProcessTable:
    """Some of all processes, in an order.

    Args:
        scan: what was read.
        processes: those that are shown.
        limit: how many were asked for; 0 for all.
        sort: one of :data:`SORTS`.
        window_seconds: over which ``cpu_ratio`` was measured; None where it is the mean of a lifetime.
        commands: pid to the redacted command line, where that was asked for.
    """

    __slots__ = ("commands", "limit", "processes", "scan", "sort", "window_seconds")

    def __init__(
        self,
        scan: Scan,
        processes: Sequence[Process],
        *,
        limit: int,
        sort: str,
        window_seconds: float | None,
        commands: Mapping[int, str],
    ) -> None:
        self.scan = scan
        self.processes = processes
        self.limit = limit
        self.sort = sort
        self.window_seconds = window_seconds
        self.commands = commands

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        rows = [process.as_document() for process in self.processes]
        for row, process in zip(rows, self.processes, strict=True):
            if process.pid in self.commands:
                row["argv_redacted"] = self.commands[process.pid]
        return {
            "time": rfc3339(self.scan.time),
            "processes": rows,
            "total_scanned": len(self.scan.processes),
            "limit": self.limit,
            "sort": self.sort,
            "cpu_window_seconds": self.window_seconds,
            "unreadable": sum(self.scan.unreadable.values()),
            "coverage": self.scan.coverage(),
        }


class ProcessTree:
    """A process between its ancestors and its descendants.

    Args:
        scan: what was read.
        root: the process asked for.
        ancestors: its parent first.
        depth: how many levels below it are shown.
    """

    __slots__ = ("ancestors", "children", "depth", "root", "scan")

    def __init__(self, scan: Scan, root: Process, ancestors: Sequence[Process], *, depth: int) -> None:
        self.scan = scan
        self.root = root
        self.ancestors = ancestors
        self.children = scan.children()
        self.depth = depth

    def rows(self) -> list[tuple[int, Process, int]]:
        """Level, process, and how many children of it are not shown; depth first."""
        found: list[tuple[int, Process, int]] = []
        stack, seen = [(0, self.root.pid)], set()
        while stack:
            level, pid = stack.pop()
            if pid in seen:
                continue
            seen.add(pid)
            below = [child for child in self.children.get(pid, ()) if child not in seen]
            cut = level >= self.depth
            found.append((level, self.scan.processes[pid], len(below) if cut else 0))
            if not cut:
                stack.extend((level + 1, child) for child in reversed(below))
        return found

    def as_document(self) -> dict[str, object]:
        """The JSON shape: nested ``children``."""
        line: list[dict[str, object]] = []
        for level, process, hidden in self.rows():
            node = {**process.as_document(), "hidden_children": hidden, "children": []}
            del line[level:]
            if line:
                line[-1]["children"].append(node)  # type: ignore[attr-defined]
            line.append(node)
        root = line[0]
        return {
            "time": rfc3339(self.scan.time),
            "root": root,
            "ancestors": [process.as_document() for process in self.ancestors],
            "depth": self.depth,
            "shown": len(self.rows()),
            "coverage": self.scan.coverage(),
        }


class ProcessGroup:
    """Processes that share a command, a user or a control group, summed up."""

    __slots__ = ("count", "cpu_ratio", "cpu_seconds", "name", "oldest_start_time", "rss_bytes", "threads")

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.rss_bytes = 0
        self.cpu_seconds = 0.0
        self.cpu_ratio: float | None = None
        self.threads = 0
        self.oldest_start_time = float("inf")

    def add(self, process: Process) -> None:
        """Count one process in."""
        self.count += 1
        self.rss_bytes += process.rss_bytes
        self.cpu_seconds += process.cpu_seconds
        self.threads += process.threads
        self.oldest_start_time = min(self.oldest_start_time, process.start_time)
        if process.cpu_ratio is not None:
            self.cpu_ratio = (self.cpu_ratio or 0.0) + process.cpu_ratio

    def as_document(self) -> dict[str, object]:
        """The JSON shape; shared memory is counted once for each process that maps it."""
        return {
            "group": self.name,
            "count": self.count,
            "rss_bytes": self.rss_bytes,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "cpu_ratio": self.cpu_ratio,
            "threads": self.threads,
            "oldest_start_time": rfc3339(self.oldest_start_time),
        }
