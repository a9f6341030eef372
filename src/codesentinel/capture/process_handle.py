"""The identity of a process that outlives its process id: the inode of its pidfd (pidfs, Linux 6.9)."""

from __future__ import annotations

import os

from codesentinel.model.handle import Handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.process import Process

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Handles:
    """Gives the handles of processes that were just read."""

    def __init__(self) -> None:
        self._boot = boot_digits()
        self._numbered = kernel_numbers_processes()

    def of(self, process: Process) -> Handle:
        """The handle. Where the process ended meanwhile, its start tick serves alone."""
        inode = pidfd_inode(process.pid) if self._numbered else 0
        return Handle(process.pid, inode, process.start_ticks, self._boot)

    def text(self, process: Process) -> str:
        """The handle as it is printed, made at once: a snapshot has hundreds."""
        inode = pidfd_inode(process.pid) if self._numbered else 0
        return f"{process.pid}:{inode or f't{process.start_ticks}'}-{self._boot}"


def boot_digits() -> str:
    """The first four digits of the boot id; ``0000`` where the kernel does not tell it."""
    try:
        fd = os.open(_BOOT_ID, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return "0000"
    try:
        return os.read(fd, 4).decode()
    finally:
        os.close(fd)


def pidfd_inode(pid: int) -> int:
    """The inode of the process's pidfd; 0 where the process or the system call is not there."""
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return 0
    try:
        return os.fstat(fd).st_ino
    finally:
        os.close(fd)


def kernel_numbers_processes() -> bool:
    """Whether pidfds have a file system, and so an inode each (Linux 6.9); before, all shared one."""
    try:
        process, other = os.pidfd_open(os.getpid()), os.eventfd(0)
    except OSError:
        return False
    try:
        return os.fstat(process).st_dev != os.fstat(other).st_dev
    finally:
        os.close(process)
        os.close(other)
