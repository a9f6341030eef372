"""Process: one reading of one process, and Scan: a reading of all of them with what it could not see.

Plain classes with slots: hundreds are made by every process command, and named tuples or dataclasses
would cost more to define than the reading itself.
"""

from __future__ import annotations

from codesentinel.model.timestamp import rfc3339

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KERNEL_THREAD = 0x00200000
"""``PF_KTHREAD`` in the flags of a process (Linux, include/linux/sched.h)."""

STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "disk-sleep",
    "T": "stopped",
    "t": "tracing-stop",
    "Z": "zombie",
    "X": "dead",
    "x": "dead",
    "I": "idle",
    "P": "parked",
}
"""The letter in proc_pid_stat(5), and the word that commands print."""


class Process:
    """What ``/proc/PID/stat`` says, in base units.

    Args:
        pid: process id, as seen in our own PID namespace.
        ppid: parent, 0 where it lies outside the namespace.
        name: ``comm``, at most 15 bytes of foreign text.
        state: the letter of proc_pid_stat(5).
        flags: the kernel's ``PF_*`` bits.
        uid: effective user id.
        threads: how many threads it has.
        cpu_seconds: user and system time of all its threads, in steps of a clock tick.
        children_cpu_seconds: the same of children that have ended and were waited for.
        start_ticks: clock ticks from boot to its start; with ``pid`` an identity until the tick is shared.
        start_time: the same as seconds since the epoch.
        rss_bytes: resident memory.
        vms_bytes: address space.
        faults: minor page faults of it and of its awaited children.
    """

    __slots__ = (
        "argv",
        "argv_shape",
        "children_cpu_seconds",
        "cpu_ratio",
        "cpu_seconds",
        "faults",
        "flags",
        "handle",
        "name",
        "pid",
        "ppid",
        "rss_bytes",
        "start_ticks",
        "start_time",
        "state",
        "threads",
        "uid",
        "username",
        "vms_bytes",
    )

    def __init__(  # noqa: PLR0917 - called for every process there is; keywords cost as much as the rest
        self,
        pid: int,
        ppid: int,
        name: str,
        state: str,
        flags: int,
        uid: int,
        threads: int,
        cpu_seconds: float,
        children_cpu_seconds: float,
        start_ticks: int,
        start_time: float,
        rss_bytes: int,
        vms_bytes: int,
        faults: int = 0,
    ) -> None:
        self.pid = pid
        self.ppid = ppid
        self.name = name
        self.state = state
        self.flags = flags
        self.uid = uid
        self.threads = threads
        self.cpu_seconds = cpu_seconds
        self.children_cpu_seconds = children_cpu_seconds
        self.start_ticks = start_ticks
        self.start_time = start_time
        self.rss_bytes = rss_bytes
        self.vms_bytes = vms_bytes
        self.faults = faults
        self.handle = ""
        """``PID:KEY``, filled in where it is shown."""
        self.argv: list[str] | None = None
        """The command line; None where it was not read. May hold secrets: show its shape instead."""
        self.argv_shape = ""
        self.username = ""
        self.cpu_ratio: float | None = None
        """Cores used over the window that the command states; None where it is not known."""

    @property
    def start_time_text(self) -> str:
        """When it began, RFC 3339."""
        return rfc3339(self.start_time)

    def as_document(self) -> dict[str, object]:
        """The JSON shape that every command shows of a process."""
        return {
            "pid": self.pid,
            "handle": self.handle,
            "ppid": self.ppid,
            "name": self.name,
            "username": self.username,
            "rss_bytes": self.rss_bytes,
            "cpu_ratio": self.cpu_ratio,
            "start_time": rfc3339(self.start_time),
            "status": self.status,
            "argv_shape": self.argv_shape,
        }

    @property
    def status(self) -> str:
        """The state in a word."""
        return STATES.get(self.state, self.state)

    @property
    def is_kernel_thread(self) -> bool:
        """Whether the kernel says so; a name in brackets says nothing."""
        return self.flags & KERNEL_THREAD != 0

    @property
    def identity(self) -> tuple[int, int]:
        """Process id and start tick."""
        return self.pid, self.start_ticks


class Scan:
    """All processes at one moment.

    Args:
        time: seconds since the epoch.
        processes: by process id, in rising order.
        vanished: how many ended while they were read.
        unreadable: how many could not be read, by reason.
        is_partial: whether the kernel hides other users' processes from us altogether (``hidepid``).
    """

    __slots__ = ("is_partial", "processes", "time", "unreadable", "vanished")

    def __init__(
        self,
        time: float,
        processes: dict[int, Process],
        vanished: int = 0,
        unreadable: Mapping[str, int] | None = None,
        *,
        is_partial: bool = False,
    ) -> None:
        self.time = time
        self.processes = processes
        self.vanished = vanished
        self.unreadable = dict(unreadable or {})
        self.is_partial = is_partial

    def ancestors(self, pid: int) -> list[int]:
        """Parent, grandparent and so on, as far as they were seen; no process is its own ancestor."""
        line: list[int] = []
        process = self.processes.get(pid)
        while process and process.ppid > 0 and process.ppid not in line and process.ppid != pid:
            line.append(process.ppid)
            process = self.processes.get(process.ppid)
        return line

    def children(self) -> dict[int, list[int]]:
        """Parent to children, in the order of their ids."""
        found: dict[int, list[int]] = {}
        for process in self.processes.values():
            found.setdefault(process.ppid, []).append(process.pid)
        return found

    def coverage(self) -> dict[str, object]:
        """What was seen and what was not, for records and for people."""
        return {
            "read": len(self.processes),
            "vanished": self.vanished,
            "unreadable": dict(self.unreadable),
            "others_hidden": self.is_partial,
        }


def descendants(children: Mapping[int, Sequence[int]], pid: int) -> list[int]:
    """All below ``pid``, parents before their children."""
    found: list[int] = []
    seen = {pid}
    queue = list(children.get(pid, ()))
    while queue:
        one = queue.pop(0)
        if one not in seen:
            seen.add(one)
            found.append(one)
            queue.extend(children.get(one, ()))
    return found
