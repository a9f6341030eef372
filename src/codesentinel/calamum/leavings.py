"""What a run left on the machine, looked at from outside, and how to end what a SIGKILL left."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COOKIE = "CALAMUM_RUN"
FOLDER = "calamum-"


def leavings(run: str = "") -> tuple[str, ...]:
    """Processes, mounts and folders of a run, or of any; one's own process apart."""
    found = [f"process {pid}" for pid in processes(run)]
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        found += [f"mount {line.split()[4]}" for line in file if f"/{FOLDER}{run}" in line.split()[4]]
    return (*found, *(f"folder {path}" for path in folders(run)))


def processes(run: str = "") -> Iterator[int]:
    """Process ids that carry the cookie of a run, which none has but those that it started."""
    wanted = f"{COOKIE}={run}".encode()
    for entry in os.listdir("/proc"):
        if not entry.isdecimal() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:  # it ended, or is another user's
            continue
        if any(one == wanted or (not run and one.startswith(wanted)) for one in variables):
            yield int(entry)


def folders(run: str = "") -> Iterator[str]:
    """Working folders of runs."""
    root = tempfile.gettempdir()
    for name in sorted(os.listdir(root)):
        path = os.path.join(root, name)
        if name.startswith(f"{FOLDER}{run}") and os.path.isdir(path) and os.stat(path).st_uid == os.getuid():
            yield path


def remove(run: str = "", *, within_seconds: float = 10.0) -> tuple[str, ...]:
    """End and remove what was left; what was found. Held by its pidfd, no process is taken for another."""
    found = leavings(run)
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and (pids := list(processes(run))):
        for pid in pids:
            _end(pid, run)
        time.sleep(0.05)
    for path in folders(run):
        shutil.rmtree(path, ignore_errors=True)
    return found


def _end(pid: int, run: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        held = os.pidfd_open(pid)
        try:
            if pid in processes(run):  # still, while it is held
                signal.pidfd_send_signal(held, signal.SIGKILL)
        finally:
            os.close(held)
