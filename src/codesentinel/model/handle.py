"""Handle: the name of one process that stays right after its process id was given to another.

Written ``PID:INODE-BOOT`` where the kernel numbers processes uniquely (pidfs, Linux 6.9), else
``PID:tTICKS-BOOT`` with the clock tick of its start; BOOT is the first four digits of the boot id, for
both numbers begin anew with each boot. ``PID:INODE`` as util-linux writes it is understood too.
"""

from __future__ import annotations

import re

_FORM = r"(?:(\d{1,10}):)?(\d{1,10}):(t?)(\d{1,20})(?:-([0-9a-f]{4}))?"
_BARE = r"-?\d{1,10}"


class Handle:
    """A process id with what tells it from earlier and later owners of that id.

    Args:
        pid: the process id.
        inode: of its pidfd, or 0 where the kernel has none or it was not given.
        start_ticks: of its start, or None where the inode is what counts.
        boot: four digits of the boot id, or empty where not given.
    """

    __slots__ = ("boot", "inode", "pid", "start_ticks")

    def __init__(self, pid: int, inode: int = 0, start_ticks: int | None = None, boot: str = "") -> None:
        self.pid = pid
        self.inode = inode
        self.start_ticks = start_ticks
        self.boot = boot

    def __str__(self) -> str:
        boot = f"-{self.boot}" if self.boot else ""
        if self.inode:
            return f"{self.pid}:{self.inode}{boot}"
        return str(self.pid) if self.start_ticks is None else f"{self.pid}:t{self.start_ticks}{boot}"

    @property
    def is_bare(self) -> bool:
        """Whether it is a process id and nothing more."""
        return not self.inode and self.start_ticks is None

    def mismatch(self, now: Handle) -> str:
        """Why the process that holds the id ``now`` is another; empty where it is the same.

        ``now`` is complete: it has the start tick, and the inode where the kernel has one.
        """
        if self.boot and self.boot != now.boot:
            return "the handle is of an earlier boot"
        if self.inode and not now.inode:
            return "this kernel does not number processes, so the handle cannot be checked"
        if self.inode and self.inode != now.inode:
            return f"process id {self.pid} was given to another process since"
        if self.start_ticks is not None and self.start_ticks != now.start_ticks:
            return f"process id {self.pid} was given to another process since"
        return ""


def parse_handle(text: str) -> Handle:
    """``4711``, ``4711:58836-a3f1``, ``4711:t91022-a3f1``, ``4711:58836`` or ``4711:4711:58836-a3f1``.

    Raises:
        ValueError: it is none of these. A number that no process can have is a handle of nothing.
    """
    if re.fullmatch(_BARE, text):
        handle = Handle(int(text))
    elif form := re.fullmatch(_FORM, text):
        outer, pid, kind, number, boot = form.groups()
        if outer and int(outer) != int(pid):
            raise ValueError(f"{text!r} names two process ids")
        ticks = int(number) if kind else None
        handle = Handle(int(pid), 0 if kind else int(number), ticks, boot or "")
        if handle.inode == 0 and not kind:
            raise ValueError(f"{text!r} has no inode")
    else:
        raise ValueError(f"{text!r} is neither a process id nor a PID:HANDLE")
    return handle
