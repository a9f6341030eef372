"""Which processes must not be killed, and why: each reason is a sentence for the one who asked."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from codesentinel.model.process import Process

_SERVER_WORDS = ("up", "serve", "record")


class Subject:
    """A process that is to be killed, with what the guards look at.

    Args:
        process: as it was read.
        exe: its program file; None where it may not be read.
        namespace_pids: its ids from our PID namespace inwards.
        argv: its command line.
        parent_argv: the command line of its parent.
    """

    __slots__ = ("argv", "exe", "namespace_pids", "parent_argv", "process")

    def __init__(
        self,
        process: Process,
        *,
        exe: str | None,
        namespace_pids: Sequence[int],
        argv: Sequence[str],
        parent_argv: Sequence[str],
    ) -> None:
        self.process = process
        self.exe = exe
        self.namespace_pids = namespace_pids
        self.argv = argv
        self.parent_argv = parent_argv


def refusal(subject: Subject, *, own_pid: int, own_line: Collection[int], protected: Collection[str]) -> str:
    """Why this process must not be killed; empty where nothing speaks against it.

    Args:
        subject: the process.
        own_pid: our own process id.
        own_line: our ancestors, and the leader of our session.
        protected: names of programs that keep a host running.
    """
    process = subject.process
    if process.pid == 1:
        return "process 1 keeps the system (or this container) running"
    if process.pid == own_pid:
        return "this is codesentinel itself"
    if process.pid in own_line:
        return f"{process.name!r} is an ancestor of this command or leads its session: it would die, too"
    if process.is_kernel_thread:
        return "kernel threads cannot be killed"
    if len(subject.namespace_pids) > 1 and subject.namespace_pids[-1] == 1:
        return "it is the first process of a container: its end would end the whole container"
    if name := _protected_name(subject, protected):
        return f"{name!r} is protected (setting process.protected_names)"
    if is_own_server(subject.argv) or is_own_server(subject.parent_argv):
        return "it belongs to codesentinel's own servers: use `codesentinel down`"
    return ""


def is_own_server(argv: Sequence[str]) -> bool:
    """Whether a command line is codesentinel running as a server, and not a file that has its name."""
    words = [word.rsplit("/", 1)[-1] for word in argv]
    after_module = words[words.index("-m") + 1 :] if "-m" in words[1:4] else []
    program = 1 if words[:1] and words[0].startswith("python") else 0
    ours = after_module[:1] == ["codesentinel"] or words[program : program + 1] == ["codesentinel"]
    return ours and any(word in _SERVER_WORDS for word in argv)


def _protected_name(subject: Subject, protected: Collection[str]) -> str:
    """By the program file; by the name a process gives itself only where the file may not be read.

    A name alone can be put on by anybody who wants to be spared.
    """
    name = subject.exe.removesuffix(" (deleted)").rsplit("/", 1)[-1] if subject.exe else subject.process.name
    return name if name in protected else ""
