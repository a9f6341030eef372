"""How much memory the host has left, how hard it is to get, and how fast processes are started."""

from __future__ import annotations


def memory(proc: str = "/proc") -> dict[str, int]:
    """``/proc/meminfo`` in bytes, by name; empty where it cannot be read."""
    found = {}
    for line in _lines(f"{proc}/meminfo"):
        name, _, value = line.partition(":")
        words = value.split()
        if words and words[0].isdecimal():
            found[name] = int(words[0]) * 1024
    return found


def memory_stall_ratio(proc: str = "/proc") -> float | None:
    """Share of the last ten seconds in which all tasks waited for memory; None without PSI."""
    for line in _lines(f"{proc}/pressure/memory"):
        if line.startswith("full"):
            return float(line.split("avg10=")[1].split()[0]) / 100
    return None


def last_pid(proc: str = "/proc") -> int:
    """The id that was given out last in our PID namespace (proc_loadavg(5)); 0 where it is not told."""
    words = " ".join(_lines(f"{proc}/loadavg")).split()
    return int(words[4]) if len(words) > 4 else 0


def pid_max(proc: str = "/proc") -> int:
    """After which id numbers begin anew."""
    lines = _lines(f"{proc}/sys/kernel/pid_max")
    return int(lines[0]) if lines else 32768


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
