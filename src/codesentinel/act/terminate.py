"""Signals to one process that cannot reach another: pidfd_open(2), pidfd_send_signal(2), poll(2).

The descriptor is opened first and names the process for good; whatever is read of ``/proc/PID`` while
the descriptor still lives belongs to it. A number is never signalled.
"""

from __future__ import annotations

import errno
import os
import select
import signal

from codesentinel.model.errors import Failed, NoSuchProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_LONGEST_PID = 2**31 - 1


class ThreadNotProcess(NoSuchProcess):
    """The id is that of a thread; killing it would kill the whole process it belongs to."""

    kind = "thread"


class Target:
    """A process held by its pidfd; a context manager.

    Args:
        pid: its id; 1 or more.

    Raises:
        NoSuchProcess: there is none.
        ThreadNotProcess: the id is that of a thread.
        Failed: the kernel has no pidfds, or no more descriptors are to be had.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._fd = _open(pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def inode(self) -> int:
        """The inode of the descriptor."""
        return os.fstat(self._fd).st_ino

    def has_ended(self) -> bool:
        """Whether it has ended; a zombie has, also where nobody has reaped it."""
        return self.wait(0.0)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def may_signal(self) -> bool:
        """Whether the kernel lets us; True also for one that has just ended."""
        try:
            signal.pidfd_send_signal(self._fd, 0)
        except PermissionError:
            return False
        except ProcessLookupError:
            return True
        return True

    def send(self, name: str) -> bool:
        """Send ``SIGTERM``, ``SIGKILL``, ``SIGSTOP`` or ``SIGCONT``; False when it has ended before.

        Raises:
            PermissionError: the kernel does not let us.
        """
        try:
            signal.pidfd_send_signal(self._fd, signal.Signals[name])
        except ProcessLookupError:
            return False
        return True

    def close(self) -> None:
        """Let go of the process."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def signal_bit(name: str) -> int:
    """The signal's bit in the masks of ``/proc/PID/status``."""
    return 1 << (signal.Signals[name] - 1)


def allow_many_targets() -> None:
    """Raise our own limit of open descriptors as far as it goes: a tree needs one each."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _open(pid: int) -> int:
    if not 0 < pid <= _LONGEST_PID:
        raise NoSuchProcess(f"no process {pid}")
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError as exc:
        raise NoSuchProcess(f"no process {pid}") from exc
    except OSError as exc:
        if exc.errno in (errno.ENOENT, errno.EINVAL) and os.path.exists(f"/proc/{pid}"):
            raise ThreadNotProcess(f"{pid} is a thread, not a process") from exc
        if exc.errno in (errno.ENOENT, errno.EINVAL):
            raise NoSuchProcess(f"no process {pid}") from exc
        raise Failed(
            f"process {pid} cannot be held: {exc.strerror}",
            hint="this needs Linux 5.3 or newer, and free descriptors",
        ) from exc
