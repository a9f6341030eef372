"""Reading all processes from ``/proc`` at once, as cheaply as Python can: proc_pid_stat(5).

Two system calls more than ``ps`` does for the owner are saved by taking it from the open file; command
lines are read only for those that are shown. Names and arguments are foreign text: bytes that are no
UTF-8 become surrogates here and are escaped where they are printed.
"""

from __future__ import annotations

import os
import time

from codesentinel.model.errors import CouldNotJudge
from codesentinel.model.process import Process, Scan

TICKS_PER_SECOND: int = os.sysconf("SC_CLK_TCK")
PAGE_BYTES: int = os.sysconf("SC_PAGE_SIZE")
_STAT_BYTES = 4096
_ARGV_STEP_BYTES = 65536
_ARGV_MOST_BYTES = 2 * 1024 * 1024
_GONE = (FileNotFoundError, ProcessLookupError)


def scan(proc: str = "/proc") -> Scan:
    """Every process of our PID namespace that may be read.

    Raises:
        CouldNotJudge: there is no ``/proc`` to read.
    """
    found: dict[int, Process] = {}
    unreadable: dict[str, int] = {}
    vanished = 0
    boot = boot_time()
    now = time.time()
    for pid in process_ids(proc):
        try:
            found[pid] = _process(f"{proc}/{pid}/stat", boot)
        except _GONE:
            vanished += 1
        except OSError as exc:
            reason = (exc.strerror or "error").lower()
            unreadable[reason] = unreadable.get(reason, 0) + 1
        except (ValueError, IndexError):
            unreadable["not understood"] = unreadable.get("not understood", 0) + 1
    if not found:
        raise CouldNotJudge(f"no process can be read in {proc}", hint="this needs Linux with /proc mounted")
    return Scan(now, found, vanished, unreadable, is_partial=hides_others(proc))


def process_ids(proc: str = "/proc") -> list[int]:
    """The ids of all processes that we are shown.

    Raises:
        CouldNotJudge: there is no ``/proc`` to read.
    """
    try:
        return [int(name) for name in os.listdir(proc) if name.isdecimal()]
    except OSError as exc:
        raise CouldNotJudge(
            f"{proc} cannot be read: {exc.strerror}", hint="this needs Linux with /proc mounted"
        ) from exc


def one(pid: int, proc: str = "/proc") -> Process | None:
    """One process; None where there is none with that id, which includes thread ids that lead none.

    Raises:
        PermissionError: it may not be read.
    """
    try:
        return _process(f"{proc}/{pid}/stat", boot_time())
    except _GONE:
        return None


def argv_of(pid: int, proc: str = "/proc") -> list[str] | None:
    """The command line; None where it cannot be read. Kernel threads and zombies have an empty one."""
    try:
        fd = os.open(f"{proc}/{pid}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        raw = os.read(fd, _ARGV_STEP_BYTES)
        while raw and len(raw) % _ARGV_STEP_BYTES == 0 and len(raw) < _ARGV_MOST_BYTES:
            more = os.read(fd, _ARGV_STEP_BYTES)
            if not more:
                break
            raw += more
    except OSError:
        return None
    finally:
        os.close(fd)
    return raw.removesuffix(b"\0").decode("utf-8", "surrogateescape").split("\0") if raw else []


def user_name(uid: int, known: dict[int, str]) -> str:
    """The login name, or the number where it has none; ``known`` remembers."""
    name = known.get(uid)
    if name is None:
        import pwd

        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            name = str(uid)
        known[uid] = name
    return name


def boot_time() -> float:
    """Seconds since the epoch at which the clock of process starts stood at 0."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def hides_others(proc: str = "/proc") -> bool:
    """Whether ``hidepid`` keeps other users' processes out of our sight (proc(5))."""
    if os.geteuid() == 0:
        return False
    try:
        with open("/proc/self/mounts", "rb") as file:
            options = [line.split(b" ") for line in file]
    except OSError:
        return False
    ours = [fields[3] for fields in options if len(fields) > 3 and fields[1] == proc.encode()]
    hiding = (
        b"hidepid=1",
        b"hidepid=2",
        b"hidepid=4",
        b"hidepid=noaccess",
        b"hidepid=invisible",
        b"hidepid=ptraceable",
    )
    return bool(ours) and any(option in hiding for option in ours[-1].split(b","))


def _process(path: str, boot: float) -> Process:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(fd, _STAT_BYTES)
        uid = os.fstat(fd).st_uid
    finally:
        os.close(fd)
    head, _, tail = data.decode("utf-8", "surrogateescape").rpartition(")")
    pid, _, name = head.partition(" (")  # the name may hold blanks and brackets: the last one closes it
    fields = tail[1:].split(" ", 22)
    state, ppid, _, _, _, _, flags, faults, child_faults, _, _, user, system, child_user, child_system = (
        fields[:15]
    )
    threads, _, start, vms, rss = fields[17:22]
    ticks = int(start)
    return Process(
        int(pid),
        int(ppid),
        name,
        state,
        int(flags),
        uid,
        int(threads),
        (int(user) + int(system)) / TICKS_PER_SECOND,
        (int(child_user) + int(child_system)) / TICKS_PER_SECOND,
        ticks,
        boot + ticks / TICKS_PER_SECOND,
        int(rss) * PAGE_BYTES,
        int(vms),
        int(faults) + int(child_faults),
    )
