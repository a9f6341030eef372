"""How much CPU processes use and want over a window: nanoseconds, not clock ticks.

Used time comes from the POSIX CPU clock of each process (clock_getcpuclockid(3): all its threads, half
a microsecond a reading, any user's process); waiting time from ``/proc/PID/task/*/schedstat``, whose
second number is how long the thread stood ready in a run queue. Demand is their sum over the window: a
spinner on a busy host uses half a core and demands a whole one.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHED = 2  # CPUCLOCK_SCHED of clock_getcpuclockid(3), for the whole process


def cpu_seconds(pid: int) -> float | None:
    """CPU time of all threads that a process has had; None where there is none with that id."""
    try:
        return time.clock_gettime((~pid << 3) | _SCHED)
    except OSError:
        return None


def cpu_of(pids: Iterable[int]) -> tuple[float, dict[int, float]]:
    """The monotonic moment, and the CPU time of each process that is still there."""
    moment = time.monotonic()
    read = time.clock_gettime
    found = {}
    for pid in pids:
        try:
            found[pid] = read((~pid << 3) | _SCHED)
        except OSError:
            continue
    return moment, found


def waited_seconds(pid: int, proc: str = "/proc") -> float | None:
    """How long its threads stood in run queues, summed; None where that cannot be read.

    Threads that have ended take their share with them.
    """
    try:
        threads = os.listdir(f"{proc}/{pid}/task")
    except OSError:
        return None
    total, seen = 0, False
    for thread in threads:
        try:
            fd = os.open(f"{proc}/{pid}/task/{thread}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
            try:
                total += int(os.read(fd, 100).split()[1])
                seen = True
            finally:
                os.close(fd)
        except (OSError, IndexError, ValueError):
            continue
    return total / 1e9 if seen else None


class Window:
    """Two readings of CPU clocks and what lies between them.

    Args:
        pids: which processes to read.
        waiting: also read run-queue waiting, which costs ten times as much.
    """

    def __init__(self, pids: Iterable[int], *, waiting: bool = False) -> None:
        self._waiting = waiting
        self._pids = list(pids)
        self._moment, self._cpu = cpu_of(self._pids)
        self._waited = self._read_waiting(self._pids)
        self.seconds = 0.0
        """How long the window was, once it is closed."""

    def close(self) -> tuple[dict[int, float], dict[int, float]]:
        """Cores used and cores demanded by each process that lived through the window.

        Demand is empty unless waiting is read. The window goes on: it may be closed again.
        """
        moment, cpu = cpu_of(self._pids)
        self.seconds = max(moment - self._moment, 1e-9)
        used = {
            pid: max(total - self._cpu[pid], 0.0) / self.seconds
            for pid, total in cpu.items()
            if pid in self._cpu
        }
        demanded = {}
        if self._waiting:
            waited = self._read_waiting(list(used))
            for pid, ratio in used.items():
                queued = max(waited.get(pid, 0.0) - self._waited.get(pid, 0.0), 0.0)
                demanded[pid] = ratio + queued / self.seconds
        return used, demanded

    def _read_waiting(self, pids: list[int]) -> dict[int, float]:
        if not self._waiting:
            return {}
        read = ((pid, waited_seconds(pid)) for pid in pids)
        return {pid: seconds for pid, seconds in read if seconds is not None}
