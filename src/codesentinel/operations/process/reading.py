"""Processes at one moment, for the verbs that look at them: now, or as they were recorded.

Both answer the same questions, so that every verb that takes a time works on either.
"""

from __future__ import annotations

import time

from codesentinel.capture import processes as live
from codesentinel.capture.process_handle import Handles
from codesentinel.model.argv import argv_shape
from codesentinel.model.errors import NoSuchProcess, UsageError
from codesentinel.model.handle import parse_handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.model.handle import Handle
    from codesentinel.model.process import Process, Scan


class Reading:
    """All processes at one moment.

    Attributes:
        scan: what was read.
        window_seconds: over which ``cpu_ratio`` holds; None for the mean since each process began.
    """

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.window_seconds: float | None = None

    def find(self, handle: Handle) -> Process:
        """The process with this id, if it is still the one that the handle names.

        Raises:
            NoSuchProcess: there is none, or it is another.
        """
        process = self.scan.processes.get(handle.pid)
        if process is None:
            raise NoSuchProcess(f"no process {handle.pid}", hint=_LIST)
        if not handle.is_bare and (reason := handle.mismatch(self.handle(process))):
            raise NoSuchProcess(f"no process {handle}: {reason}", hint=_LIST)
        return process

    def handle(self, process: Process) -> Handle:
        """The complete handle of a process that was read."""
        raise NotImplementedError

    def complete(self, processes: Iterable[Process], *, argv: bool = True) -> None:
        """Fill in handle, login name, and with ``argv`` the command line's shape."""
        raise NotImplementedError


class LiveReading(Reading):
    """Read from the kernel just now."""

    def __init__(self, *, window_seconds: float = 0.0) -> None:
        super().__init__(live.scan())
        self._handles = Handles()
        self._names: dict[int, str] = {}
        if window_seconds:
            self._measure(window_seconds)
        else:
            self._average()

    def handle(self, process: Process) -> Handle:
        """The complete handle."""
        return self._handles.of(process)

    def complete(self, processes: Iterable[Process], *, argv: bool = True) -> None:
        """Fill in what is shown of a process and costs a system call or two each."""
        handle, names = self._handles.text, self._names
        for process in processes:
            process.handle = handle(process)
            process.username = names.get(process.uid) or live.user_name(process.uid, names)
            if argv and not process.is_kernel_thread:
                if process.argv is None:
                    process.argv = live.argv_of(process.pid)
                process.argv_shape = argv_shape(process.argv) if process.argv else ""

    def read_argv(self, processes: Iterable[Process]) -> None:
        """Read command lines that were not read yet."""
        for process in processes:
            if process.argv is None and not process.is_kernel_thread:
                process.argv = live.argv_of(process.pid)

    def _measure(self, seconds: float) -> None:
        from codesentinel.capture.process_clock import Window

        window = Window(self.scan.processes)
        time.sleep(seconds)
        used, _ = window.close()
        self.window_seconds = round(window.seconds, 6)
        for pid, ratio in used.items():
            self.scan.processes[pid].cpu_ratio = ratio

    def _average(self) -> None:
        now = self.scan.time
        for process in self.scan.processes.values():
            age = now - process.start_time
            process.cpu_ratio = process.cpu_seconds / age if age > 0 else 0.0


def as_handle(text: str) -> Handle:
    """What a user typed for a process.

    Raises:
        UsageError: it is no process id and no handle.
    """
    try:
        return parse_handle(text)
    except ValueError as exc:
        raise UsageError(
            str(exc), hint="give a process id, or PID:HANDLE as the process commands print it"
        ) from exc


_LIST = "`codesentinel memory process system` lists those there are"
