"""Control groups of version 2, as far as ending their members goes: ``cgroup.kill`` (Linux 5.14)."""

from __future__ import annotations

import os

_MOST_MEMBERS = 100_000


def unified_folder(pid: int) -> str:
    """The folder of the process' group in the unified hierarchy; empty where it is the root or unknown."""
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as file:
            path = next((line[3:].rstrip("\n") for line in file if line.startswith("0::/")), "/")
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            mounts = [line.split(" - ", 1) for line in file if " - cgroup2 " in line]
    except OSError:
        return ""
    if path == "/" or not mounts:
        return ""
    folder = mounts[-1][0].split(" ")[4] + path
    return folder if os.path.isfile(f"{folder}/cgroup.kill") else ""


def members(folder: str) -> list[int]:
    """The processes of a group and of those below it; a huge group counts as not readable."""
    found: list[int] = []
    for inner, _, files in os.walk(folder):
        if "cgroup.procs" in files:
            try:
                with open(f"{inner}/cgroup.procs", encoding="ascii") as file:
                    found += [int(line) for line in file]
            except OSError:
                return [0]  # no process has this id: the group is not ours to judge
        if len(found) > _MOST_MEMBERS:
            return [0]
    return found


def kill_group(folder: str) -> bool:
    """End every member at once, also what is being forked; whether the kernel took it."""
    try:
        with open(f"{folder}/cgroup.kill", "w", encoding="ascii") as file:
            file.write("1")
    except OSError:
        return False
    return True
