"""One supervisor a workspace: the lock it holds, the proof of who it is, and how it is ended."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.terminate import Target
from codesentinel.model.errors import AlreadyRunning, Failed, NoSuchProcess, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_TIME_FIELD = 22  # proc(5): start time in clock ticks since boot, counted from 1


@contextlib.contextmanager
def only_one(
    lock: Path,
    otherwise: str = "the stack of this workspace is already running",
    hint: str = "`codesentinel status` shows it, `codesentinel down` stops it",
) -> Iterator[None]:
    """Hold ``lock`` for the block; the kernel lets go of it however this process ends.

    ``otherwise`` is told where another process holds it, with what to do.

    Raises:
        AlreadyRunning: another process holds it.
        UsageError: its folder cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o666)
    except OSError as exc:
        raise UsageError(
            f"the workspace cannot be written: {exc.strerror}: {exc.filename}",
            hint="mend its owner or mode, or choose another --workspace",
        ) from exc
    with open(held, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise AlreadyRunning(otherwise, hint=hint) from exc
        yield


def is_held(lock: Path) -> bool:
    """Whether a process holds it at this moment."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def start_ticks(pid: int) -> int | None:
    """When the process began, in clock ticks since boot: with the pid it is its identity."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()  # the name before may hold blanks and brackets
    if fields[0] in (b"Z", b"X"):
        return None
    return int(fields[_START_TIME_FIELD - 3])


def end(pid: int, ticks: int, *, within_seconds: float) -> bool:
    """Ask the process known as (pid, ticks) to stop and wait for it; False when it is gone already.

    Raises:
        Failed: it still runs after ``within_seconds``, or we may not signal it.
    """
    try:
        with Target(pid) as target:
            if start_ticks(pid) != ticks:
                return False  # the pid belongs to somebody else by now
            if not target.send("SIGTERM"):
                return False
            if not target.wait(within_seconds):
                raise Failed(
                    f"the stack (pid {pid}) still runs {within_seconds:g} s after it was asked to stop",
                    hint="look into .codesentinel/logs/up.log",
                )
    except PermissionError as exc:
        raise Failed(f"the stack (pid {pid}) belongs to another user", hint="stop it as that user") from exc
    except NoSuchProcess:
        return False
    return True
