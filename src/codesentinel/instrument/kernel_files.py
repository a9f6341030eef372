"""The kernel's accounts of one process: its threads, its control group, its network."""

from __future__ import annotations

import os
from typing import NamedTuple

_MOST_THREADS = 200
_NANO = 1e9
_PRESSURES = ("cpu", "io", "memory")


class TaskTotals(NamedTuple):
    """``run_delay_seconds`` only grows; ``blocked`` is how many threads wait for a disk now."""

    run_delay_seconds: float
    blocked: int


class Tasks:
    """The threads of a process; what those had waited that have ended is kept."""

    def __init__(self, proc: str = "/proc") -> None:
        self._folder = f"{proc}/self/task"
        self._delays: dict[str, float] = {}
        self._total = 0.0

    def read(self) -> TaskTotals | None:
        """The totals over at most 200 threads; None where the kernel keeps no such accounts."""
        try:
            threads = os.listdir(self._folder)[:_MOST_THREADS]
        except OSError:
            return None
        seen: dict[str, float] = {}
        blocked = 0
        for thread in threads:
            words = _text(f"{self._folder}/{thread}/schedstat").split()
            state = _text(f"{self._folder}/{thread}/stat").rpartition(")")[2].split()[:1]
            if len(words) < 2:
                continue
            seen[thread] = delay = int(words[1]) / _NANO
            self._total += max(delay - self._delays.get(thread, 0.0), 0.0)
            blocked += state == ["D"]
        if threads and not seen:
            return None
        self._delays = seen
        return TaskTotals(self._total, blocked)


class Kernel:
    """Files of the control group and of the network namespace, whichever version of control groups it is."""

    def __init__(self, proc: str = "/proc", groups: str = "/sys/fs/cgroup") -> None:
        self._proc, self._groups = proc, groups

    def throttled_seconds(self) -> float | None:
        """For how long the quota was used up; None without a quota's accounts."""
        for folder in self._folders("cpu"):
            stat = dict(
                line.split(None, 1) for line in _text(f"{folder}/cpu.stat").splitlines() if " " in line
            )
            if "throttled_usec" in stat:
                return int(stat["throttled_usec"]) / 1e6
            if "throttled_time" in stat:
                return int(stat["throttled_time"]) / _NANO
        return None

    def pressure_seconds(self) -> dict[str, float]:
        """For how long at least one task of the group waited, by resource; empty without PSI."""
        found: dict[str, float] = {}
        for folder in self._folders(""):
            for name in _PRESSURES:
                line = _text(f"{folder}/{name}.pressure").partition("\n")[0]
                if line.startswith("some") and "total=" in line:
                    found.setdefault(name, int(line.rpartition("total=")[2]) / 1e6)
        return found

    def retransmitted_segments(self) -> int | None:
        """Of TCP, in the process's network namespace."""
        lines = [line.split() for line in _text(f"{self._proc}/self/net/snmp").splitlines()]
        rows = [words for words in lines if words[:1] == ["Tcp:"]]
        if len(rows) != 2 or "RetransSegs" not in rows[0]:
            return None
        return int(rows[1][rows[0].index("RetransSegs")])

    def _folders(self, controller: str) -> list[str]:
        """The group of this process in the hierarchy of a controller, then in the unified one."""
        found, unified = [], []
        for line in _text(f"{self._proc}/self/cgroup").splitlines():
            _, controllers, path = (*line.split(":", 2), "", "")[:3]
            path = path.rstrip("/")
            if controller and controller in controllers.split(","):
                found.append(f"{self._groups}/{controller}{path}")
            elif not controllers:
                unified += [f"{self._groups}{path}", f"{self._groups}/unified{path}"]
        return found + unified


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
