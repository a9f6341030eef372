"""What a run left on the machine, looked at from outside, and how to end what a SIGKILL left."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COOKIE, PLACE = "CALAMUM_RUN", "CALAMUM_FOLDER"
"""What all processes of a run carry: its name, and its working folder."""
FOLDER = "calamum-"
_HELD = ".going-on"


def leavings(run: str = "") -> tuple[str, ...]:
    """Processes, mounts and folders of a run, or of any that is over; one's own process apart."""
    found = [f"process {pid}" for pid, _ in processes(run)]
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        found += [f"mount {line.split()[4]}" for line in file if f"/{FOLDER}{run}" in line.split()[4]]
    return (*found, *(f"folder {path}" for path in folders(run)))


def processes(run: str = "") -> Iterator[tuple[int, str]]:
    """Processes with the cookie of a run, which none has but those that it started; each with its run.

    Without ``run`` those of runs that are over. A run may have temporary folders of its own, as in a
    container: whether it goes on is seen as its processes see it.
    """
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and int(entry) != os.getpid():
            found, folder = _carried(int(entry))
            if found and (found == run or (not run and not _is_held(f"/proc/{entry}/root{folder}"))):
                yield int(entry), found


def folders(run: str = "") -> Iterator[str]:
    """Working folders of a run, or of all that are over."""
    for path in _folders(run):
        if run or not _is_held(path):
            yield path


@contextlib.contextmanager
def held(folder: str) -> Iterator[None]:
    """Marks a run as going on; a run that is killed lets go of the mark, too."""
    fd = os.open(os.path.join(folder, _HELD), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


def _carried(pid: int) -> tuple[str, str]:
    """The run whose cookie a process carries, and its folder; empty where there is none to be read."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            pairs = (one.partition(b"=") for one in file.read().split(b"\0"))
            variables = {name.decode("utf-8", "replace"): os.fsdecode(value) for name, _, value in pairs}
    except OSError:
        return "", ""
    return variables.get(COOKIE, ""), variables.get(PLACE, "")


def _is_held(folder: str) -> bool:
    """Whether a run goes on in this folder: nobody cleans up behind it but it itself."""
    try:
        file = os.open(os.path.join(folder, _HELD), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _folders(run: str) -> Iterator[str]:
    root = tempfile.gettempdir()
    for name in sorted(os.listdir(root)):
        path = os.path.join(root, name)
        if name.startswith(f"{FOLDER}{run}") and os.path.isdir(path) and os.stat(path).st_uid == os.getuid():
            yield path


def remove(run: str = "", *, within_seconds: float = 10.0) -> tuple[str, ...]:
    """End and remove what was left; what was found. Held by its pidfd, no process is taken for another."""
    found = leavings(run)
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and (left := list(processes(run))):
        for pid, its_run in left:
            _end(pid, its_run)
        time.sleep(0.05)
    for path in folders(run):
        shutil.rmtree(path, ignore_errors=True)
    return found


def _end(pid: int, run: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        fd = os.pidfd_open(pid)
        try:
            if _carried(pid)[0] == run:  # still, while it is held
                signal.pidfd_send_signal(fd, signal.SIGKILL)
        finally:
            os.close(fd)
