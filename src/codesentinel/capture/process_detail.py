"""Everything that ``/proc/PID`` says about one process, except its environment, which is never read."""

from __future__ import annotations

import os

_PAGE_BYTES: int = os.sysconf("SC_PAGE_SIZE")
_STEP_BYTES = 16384


class Detail:
    """What is read of a single process beyond :class:`codesentinel.model.process.Process`.

    Each is None where it may not be read or the kernel does not tell.
    """

    __slots__ = (
        "cgroup",
        "cwd",
        "exe",
        "fd_limit",
        "fds",
        "namespace_pids",
        "oom_score",
        "proportional_bytes",
        "read_bytes",
        "swap_bytes",
        "threads",
        "unreadable",
        "wait_channel",
        "write_bytes",
    )

    def __init__(self) -> None:
        self.exe: str | None = None
        self.cwd: str | None = None
        self.cgroup: str | None = None
        self.fds: int | None = None
        self.fd_limit: int | None = None
        self.read_bytes: int | None = None
        self.write_bytes: int | None = None
        self.oom_score: int | None = None
        self.wait_channel: str | None = None
        self.swap_bytes: int | None = None
        self.proportional_bytes: int | None = None
        self.namespace_pids: list[int] = []
        """Its process ids from our namespace inwards; the last is 1 for the init of a container."""
        self.threads: list[dict[str, object]] = []
        """``tid``, ``name`` and ``cpu_seconds`` of each thread."""
        self.unreadable: list[str] = []
        """The names of the files that could not be read."""


def detail(pid: int, *, threads: bool = False, proportional: bool = False, proc: str = "/proc") -> Detail:
    """All that may be read; what ends or is refused meanwhile leaves its fields None.

    Args:
        pid: the process.
        threads: also read the names and CPU times of its threads.
        proportional: also sum up its share of shared memory, which may take milliseconds.
        proc: where the process file system is.
    """
    base, found = f"{proc}/{pid}", Detail()
    found.exe = _link(f"{base}/exe", found)
    found.cwd = _link(f"{base}/cwd", found)
    found.cgroup = cgroup_of(pid, proc)
    found.fds = _count(f"{base}/fd", found)
    found.fd_limit = fd_limit(pid, proc)
    io = _table(f"{base}/io", found)
    found.read_bytes, found.write_bytes = io.get("read_bytes"), io.get("write_bytes")
    score = _text(f"{base}/oom_score", found)
    found.oom_score = int(score) if score else None
    found.wait_channel = wait_channel(pid, proc)
    status = _text(f"{base}/status", found) or ""
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == "NSpid":
            found.namespace_pids = [int(number) for number in value.split()]
        elif name == "VmSwap":
            found.swap_bytes = int(value.split()[0]) * 1024
    if proportional:
        rollup = _table(f"{base}/smaps_rollup", found)
        found.proportional_bytes = rollup["Pss"] * 1024 if "Pss" in rollup else None
    if threads:
        found.threads = _threads(base)
    return found


def cgroup_of(pid: int, proc: str = "/proc") -> str | None:
    """The control group: of version 2, or on an older host the first that is not the root."""
    text = _text(f"{proc}/{pid}/cgroup")
    if text is None:
        return None
    paths = [line.split(":", 2) for line in text.splitlines() if line.count(":") >= 2]
    unified = next((path for number, _, path in paths if number == "0"), "/")
    return unified if unified != "/" else next((path for _, _, path in paths if path != "/"), unified)


def private_bytes(pid: int, proc: str = "/proc") -> int | None:
    """Resident memory that is neither shared nor of a file; None for one that has none to tell."""
    words = (_text(f"{proc}/{pid}/statm") or "").split()
    return (int(words[1]) - int(words[2])) * _PAGE_BYTES if len(words) > 2 else None


def fd_count(pid: int, proc: str = "/proc") -> int | None:
    """How many file descriptors are open; None where that may not be read."""
    try:
        told = os.stat(f"{proc}/{pid}/fd").st_size  # Linux 6.2 counts them here
    except OSError:
        return None
    return told or _count(f"{proc}/{pid}/fd")


def fd_limit(pid: int, proc: str = "/proc") -> int | None:
    """The soft limit of open file descriptors; None where there is none or it may not be read."""
    for line in (_text(f"{proc}/{pid}/limits") or "").splitlines():
        if line.startswith("Max open files"):
            soft = line.split()[3]
            return int(soft) if soft.isdecimal() else None
    return None


def exe_of(pid: int, proc: str = "/proc") -> str | None:
    """The program file; ends in `` (deleted)`` where it is gone."""
    return _link(f"{proc}/{pid}/exe")


def namespace_pids(pid: int, proc: str = "/proc") -> list[int]:
    """Its ids from our PID namespace inwards; empty where they may not be read."""
    return [int(number) for number in _status_field(pid, "NSpid", proc).split()]


def signal_mask(pid: int, name: str, proc: str = "/proc") -> int:
    """``SigIgn``, ``SigBlk`` or ``SigCgt`` as a bit mask; 0 where it may not be read."""
    return int(_status_field(pid, name, proc) or "0", 16)


def _status_field(pid: int, name: str, proc: str) -> str:
    for line in (_text(f"{proc}/{pid}/status") or "").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return value.strip()
    return ""


def wait_channel(pid: int, proc: str = "/proc") -> str | None:
    """The kernel function in which it sleeps; None where it runs or the kernel does not tell."""
    text = _text(f"{proc}/{pid}/wchan")
    return text if text not in (None, "", "0") else None


def is_frozen(pid: int, proc: str = "/proc") -> bool:
    """Whether its control group is frozen: then signals wait, with version 1 even SIGKILL (cgroups(7))."""
    mounts = [line.split() for line in (_text("/proc/self/mounts") or "").splitlines()]
    for line in (_text(f"{proc}/{pid}/cgroup") or "").splitlines():
        number, controllers, path = line.split(":", 2)
        for _, mount, kind, options, *_ in mounts:
            if number == "0" and kind == "cgroup2":
                frozen = "frozen 1" in (_text(f"{mount}{path}/cgroup.events") or "")
            elif controllers == "freezer" and kind == "cgroup" and "freezer" in options.split(","):
                frozen = (_text(f"{mount}{path}/freezer.state") or "THAWED") != "THAWED"
            else:
                continue
            if frozen:
                return True
    return False


def _link(path: str, found: Detail | None = None) -> str | None:
    try:
        return os.readlink(path)
    except OSError as exc:
        _note(path, exc, found)
        return None


def _count(path: str, found: Detail | None = None) -> int | None:
    try:
        return len(os.listdir(path))
    except OSError as exc:
        _note(path, exc, found)
        return None


def _text(path: str, found: Detail | None = None) -> str | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # half the time of open()
        try:
            parts = [os.read(fd, _STEP_BYTES)]
            while len(parts[-1]) == _STEP_BYTES:
                parts.append(os.read(fd, _STEP_BYTES))
        finally:
            os.close(fd)
    except OSError as exc:
        _note(path, exc, found)
        return None
    return b"".join(parts).decode("utf-8", "surrogateescape").strip()


def _table(path: str, found: Detail) -> dict[str, int]:
    """``name: number`` lines."""
    rows = (line.split() for line in (_text(path, found) or "").splitlines())
    return {row[0].rstrip(":"): int(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}


def _threads(base: str) -> list[dict[str, object]]:
    """Each thread with its own CPU time; those that used most first."""
    try:
        threads = os.listdir(f"{base}/task")
    except OSError:
        return []
    found: list[dict[str, object]] = []
    for thread in threads:
        name = _text(f"{base}/task/{thread}/comm")
        ran = (_text(f"{base}/task/{thread}/schedstat") or "").split()
        if name is not None:
            found.append(
                {"tid": int(thread), "name": name, "cpu_seconds": int(ran[0]) / 1e9 if ran else None}
            )
    return sorted(found, key=lambda one: -float(str(one["cpu_seconds"] or 0.0)))


def _note(path: str, exc: OSError, found: Detail | None) -> None:
    if found is not None and isinstance(exc, PermissionError):
        found.unreadable.append(path.rsplit("/", 1)[-1])
