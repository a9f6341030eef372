"""Pressure: on CPU, memory, descriptors and forks, beside a process or on a command that is ours.

Debian's stress-ng does it where it fits and can be had, else a process of ours; which one is evidence.
"""

from __future__ import annotations

import contextlib
import os
import resource
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken, Skipped
from codesentinel.calamum.subject import gone, look
from codesentinel.calamum.tools import STRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.calamum.stage import Stage, Victim

OWN = "a process of calamum's"
PRESSED = {"cpu": "spin", "memory": "leak_memory", "fds": "leak_descriptors", "forks": "fork_storm"}
"""What is pressed to what our own process does for it."""

_STRESS = {"cpu": ("--cpu", "1"), "forks": ("--fork", "1")}
_LONGEST_SECONDS = 150
_START_SECONDS = 20.0
_SETTLE_SECONDS = 1.0
_ROOM_BYTES = 16 << 20
_ROOM_DESCRIPTORS = 1.25
_ROOM_FORKS = 4


class Pressure:
    """What presses: the process at fault, and what it is."""

    def __init__(self, by: str) -> None:
        self.by = by
        self.began, self.at = time.monotonic(), time.time()
        self.victim: Victim
        self.pid = 0


def press(stage: Stage, what: str) -> Pressure:
    """Begin to press, in a session of its own; it ends with the case, and after minutes in any case."""
    tool, words = stage.tools.get(STRESS), _STRESS.get(what)
    if tool is None or words is None:
        pressure = Pressure(OWN)
        pressure.victim = stage.start(PRESSED[what], f"pressure on {what}")
        pressure.pid = pressure.victim.pid
        return pressure
    pressure = Pressure(tool.version)
    limit = ("--timeout", str(_LONGEST_SECONDS), "--temp-path", stage.workspace, "--quiet")
    victim = stage.spawn("command", [*tool.words, *words, *limit], variables=tool.environment)
    pressure.victim = stage.adopt(f"pressure on {what}", victim)
    pressure.pid = _worker(victim)
    return pressure


def stress(stage: Stage) -> Any:
    """Press on everything at once, until the case is over; what does it."""
    tool = stage.tools.get(STRESS)
    if tool is None:
        for kind in ("spin", "leak_memory", "fork_storm"):
            stage.start(kind, f"stress by {kind}")
        return OWN
    words = "--cpu 2 --vm 1 --vm-bytes 64M --hdd 1 --hdd-bytes 64M --fork 1".split()
    limit = ("--timeout", str(_LONGEST_SECONDS), "--temp-path", stage.workspace, "--quiet")
    stage.adopt("stress", stage.spawn("command", [*tool.words, *words, *limit], variables=tool.environment))
    return tool.version


def subject(stage: Stage) -> Any:
    """The user's process is there: the one that was named, or the command, started inside the enclosure.

    Raises:
        Skipped: it has ended.
    """
    one = stage.subject
    if one is None:
        raise Broken("this case is for targets pid: and cmd: alone")
    if one.kind == "pid":
        if why := gone(one):
            raise Skipped(why)
        stage.names["subject"] = {"pid": one.pid}
        return one.pid
    victim = stage.adopt("subject", stage.spawn("command", one.words, folder=one.folder))
    time.sleep(_SETTLE_SECONDS)
    if not victim.is_alive():
        raise Skipped(
            f"the command ended at once with status {victim.child.returncode}: give one that runs for minutes"
        )
    return victim.pid


def squeeze(stage: Stage, *, what: str) -> Any:
    """Put the command, which is ours, near a limit: its memory, descriptors or forks; or on one busy CPU.

    What it inherits to children that it starts later.
    """
    pid = stage.victim("subject").pid
    try:
        return _SQUEEZES[what](stage, pid)
    except ProcessLookupError as exc:
        raise Skipped("the command ended by itself; give one that runs for minutes") from exc
    except OSError as exc:
        raise Skipped(f"this kernel lets nobody limit it: {exc.strerror}") from exc


def harm(stage: Stage) -> str:
    """What has become of the user's process; empty while it is unharmed."""
    one = stage.subject
    if one is not None and one.kind == "pid" and (why := gone(one)):
        return f"{why} meanwhile; it was sent nothing"
    pid = stage.names["subject"]["pid"]
    seen = look(pid)
    if seen is None or seen.state in "ZX":
        return f"process {pid} has ended"
    if seen.state in "Tt" or seen.tracer:
        return f"process {pid} was stopped, or is traced"
    return ""


def session(pid: int) -> Iterator[tuple[int, str]]:
    """Every process in the session that ``pid`` began, with its state."""
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file,
            ):
                fields = file.read().rpartition(")")[2].split()
                if fields[3] == str(pid):
                    yield int(entry), fields[0]


def _worker(victim: Victim) -> int:
    """stress-ng itself waits; the first of those that it started does the work."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and victim.is_alive():
        found = sorted(pid for pid, state in session(victim.pid) if pid != victim.pid and state not in "ZX")
        if found:
            return found[0]
        time.sleep(0.05)
    raise Broken("stress-ng did not start")


def _on_one_cpu(stage: Stage, pid: int) -> Any:
    cpu = min(os.sched_getaffinity(pid))
    os.sched_setaffinity(pid, {cpu})
    hog = stage.start("spin", "hog")
    os.sched_setaffinity(hog.pid, {cpu})
    return {"cpu": cpu, "shared_with": 1}


def _near_its_memory(_: Stage, pid: int) -> Any:
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        fields = dict(line.split(":", 1) for line in file)
    most = int(fields["VmData"].split()[0]) * 1024 + _ROOM_BYTES
    resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
    return {"data_bytes": most}


def _near_its_descriptors(_: Stage, pid: int) -> Any:
    count = len(os.listdir(f"/proc/{pid}/fd"))
    most = int(count * _ROOM_DESCRIPTORS)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, most))
    return {"descriptors": count, "limit": most}


def _near_its_forks(_: Stage, pid: int) -> Any:
    with open("/proc/loadavg", encoding="ascii") as file:
        there = int(file.read().split()[3].partition("/")[2])
    resource.prlimit(pid, resource.RLIMIT_NPROC, (there + _ROOM_FORKS, there + _ROOM_FORKS))
    return {"processes": there + _ROOM_FORKS}


_SQUEEZES: dict[str, Callable[[Stage, int], Any]] = {
    "cpu": _on_one_cpu,
    "memory": _near_its_memory,
    "fds": _near_its_descriptors,
    "forks": _near_its_forks,
}

ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (stress, subject, squeeze)}
