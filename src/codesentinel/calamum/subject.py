"""The user's own process as a target: ``pid:<PID>``, which is only looked at, and ``cmd:<COMMAND>``.

Looking takes a pidfd and files of ``/proc``: a process of the user's gets no signal, not even the empty one,
and nobody traces it.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import shutil
from typing import NamedTuple

from codesentinel.model.errors import NoSuchProcess, UsageError
from codesentinel.model.handle import parse_handle

KINDS = ("pid", "cmd")
WHOLE = {"pid": "pid:<PID>", "cmd": "cmd:<COMMAND>"}
"""How the targets are written."""

_KERNEL_THREAD = 0x00200000
_HINT = "pid:<PID> with a process of yours, as in pid:4711, or cmd:<COMMAND>, as in 'cmd:sleep 60'"


class Subject(NamedTuple):
    """What is watched: a process with what tells it from others, or the words of a command and its folder."""

    kind: str
    name: str
    pid: int = 0
    identity: tuple[int, int] = (0, 0)
    words: tuple[str, ...] = ()
    folder: str = ""


class Seen(NamedTuple):
    """A process at a moment: start tick and pidfd's number, state, who traces it, and whose it is."""

    identity: tuple[int, int]
    state: str
    tracer: int
    uid: int
    flags: int


def is_subject(target: str) -> bool:
    """Whether a target names a process or a command."""
    return ":" in target and target.partition(":")[0].partition("/")[0] in KINDS


def subject(target: str) -> tuple[Subject, str]:
    """What a target such as ``pid:4711`` or ``cmd/forks:sleep 60`` names, and its case; empty for all.

    Raises:
        UsageError: it is malformed, or may not be watched.
        NoSuchProcess: it is gone.
    """
    word, _, rest = target.partition(":")
    kind, _, case = word.partition("/")
    return (_process(rest) if kind == "pid" else _command(rest)), case


def look(pid: int) -> Seen | None:
    """The process as it is now; None where it has ended. Held by its pidfd while it is read."""
    try:
        fd = os.pidfd_open(pid)
    except (OSError, OverflowError):  # gone, or the number of a thread
        return None
    try:
        inode = os.fstat(fd).st_ino
        stat, status = _text(pid, "stat").rpartition(")")[2].split(), _text(pid, "status")
        if not stat or not status or select.select([fd], [], [], 0)[0]:
            return None
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return Seen(
            identity=(int(stat[19]), inode),
            state=stat[0],
            tracer=int(fields["TracerPid"]),
            uid=int(fields["Uid"].split()[0]),
            flags=int(stat[6]),
        )
    finally:
        os.close(fd)


def gone(one: Subject) -> str:
    """Why a process is not there any more, as a sentence; empty while it is."""
    now = look(one.pid)
    if now is None:
        return f"process {one.pid} has ended"
    if now.identity != one.identity:
        return f"process id {one.pid} was given to another process"
    return ""


def _process(text: str) -> Subject:
    try:
        handle = parse_handle(text)
    except ValueError as exc:
        raise UsageError(f"no process is called {text!r}", hint=_HINT) from exc
    seen = look(handle.pid) if handle.pid > 0 else None
    if seen is None:
        raise NoSuchProcess(
            f"no process {handle.pid}", hint="`codesentinel memory process system` lists those there are"
        )
    if (handle.inode and handle.inode != seen.identity[1]) or (
        handle.start_ticks is not None and handle.start_ticks != seen.identity[0]
    ):
        raise NoSuchProcess(
            f"no process {handle}: its id was given to another since", hint="take its handle anew"
        )
    if seen.uid != os.getuid():
        raise UsageError(f"process {handle.pid} is another user's", hint="watch a process of your own")
    if seen.flags & _KERNEL_THREAD:
        raise UsageError(f"process {handle.pid} is the kernel's", hint="watch a process of your own")
    return Subject("pid", f"pid:{handle.pid}", handle.pid, seen.identity)


def _command(text: str) -> Subject:
    try:
        words = shlex.split(text)
    except ValueError as exc:
        raise UsageError(f"the command cannot be read: {str(exc).lower()}", hint=_HINT) from exc
    if not words:
        raise UsageError("cmd: is followed by no command", hint=_HINT)
    program = shutil.which(words[0])
    if program is None:
        raise UsageError(f"there is no program {words[0]!r}", hint="give its path, or one that is on PATH")
    words[0] = os.path.abspath(program)
    return Subject("cmd", f"cmd:{os.path.basename(program)}", words=tuple(words), folder=os.getcwd())


def _text(pid: int, name: str) -> str:
    with (
        contextlib.suppress(OSError),
        open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file,
    ):
        return file.read()
    return ""
