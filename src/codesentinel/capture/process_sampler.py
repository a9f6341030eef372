"""Sampling all processes again and again, reading only those that have run since the time before.

The POSIX CPU clock of a process tells in half a microsecond whether it has run at all; one that has not
is not read again, except in every ``refresh`` samples, for what others can change about it: its parent,
and the memory that the kernel takes back.
"""

from __future__ import annotations

import os
import time

from codesentinel.capture import memory_pressure as pressure
from codesentinel.capture import process_detail as files
from codesentinel.capture import processes as live
from codesentinel.capture.process_clock import cpu_of, waited_seconds
from codesentinel.capture.process_handle import Handles
from codesentinel.model.argv import argv_shape
from codesentinel.model.process import Process, Scan
from codesentinel.model.process_sample import Host, Sample, Sampled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_REFRESH_SAMPLES = 12
_MANY_FDS = 50  # a brief reading looks up no limit of those with fewer


class Sampler:
    """Takes samples; remembers the last one.

    Args:
        proc: where the process file system is.
        known: a sample to go on from, such as the recorder's last.
        brief: leave out what only a series shows, and what :meth:`complete` fills in later.
    """

    def __init__(self, proc: str = "/proc", *, known: Sample | None = None, brief: bool = False) -> None:
        self._proc = proc
        self._brief = brief
        self._known: dict[int, Sampled] = {} if known is None else dict(known.processes)
        self._number = 0 if known is None else 1
        self._handles = Handles()
        self._names: dict[int, str] = {}

    def sample(self) -> Sample:
        """All processes now.

        Raises:
            CouldNotJudge: there is no ``/proc`` to read.
        """
        refresh = self._number % _REFRESH_SAMPLES == 0
        self._number += 1
        now = time.time()
        if refresh:
            scan = live.scan(self._proc)
            _, cpu = cpu_of(scan.processes)
            fresh = scan.processes
        else:
            _, cpu = cpu_of(live.process_ids(self._proc))
            fresh = self._those_that_ran(cpu)
            scan = Scan(now, fresh)
        found: dict[int, Sampled] = {}
        for pid, seconds in cpu.items():
            process, before = fresh.get(pid), self._known.get(pid)
            if process is not None:
                found[pid] = self._sampled(process, seconds, self._checked(before) if refresh else before)
            elif before is not None and before.cpu_seconds == seconds:
                found[pid] = before
        self._known = found
        return Sample(now, dict(found), host(self._proc), scan.coverage() | {"read": len(found)})

    def complete(self, processes: Iterable[Sampled]) -> None:
        """Fill in handle, login name and shape, where a brief reading left them out."""
        for one in processes:
            if not one.process.handle:
                self._name(one.process)

    def _those_that_ran(self, cpu: dict[int, float]) -> dict[int, Process]:
        """Read again what has used CPU since the last sample, or was not there."""
        ran = {}
        for pid, seconds in cpu.items():
            before = self._known.get(pid)
            if before is not None and before.cpu_seconds == seconds:
                continue
            try:
                process = live.one(pid, self._proc)
            except OSError:
                continue
            if process is not None:
                ran[pid] = process
        return ran

    def _checked(self, before: Sampled | None) -> Sampled | None:
        """What is known of a process, unless its program file was deleted or replaced since."""
        if before is None or not before.exe or before.exe == files.exe_of(before.process.pid, self._proc):
            return before
        return None

    def _sampled(self, process: Process, cpu_seconds: float, before: Sampled | None) -> Sampled:
        """One process, with what is read only when it has run or is new."""
        same = before is not None and before.process.identity == process.identity
        if before is not None and same and _equal(before, process, cpu_seconds):
            return before
        if before is not None and same and before.process.name == process.name:
            process.handle, process.username = before.process.handle, before.process.username
            process.argv_shape = before.process.argv_shape
            exe, digest, limit = before.exe, before.argv_digest, before.fds_limit
        else:
            (exe, digest), limit = self._introduce(process), None
        if before is not None and same and before.cpu_seconds == cpu_seconds:
            waited, private, fds = before.waited_seconds, before.private_bytes, before.fds
        elif process.is_kernel_thread or process.state == "Z":
            waited, private, fds = None, None, None
        else:
            waited = None if self._brief else waited_seconds(process.pid, self._proc)
            private = None if self._brief else files.private_bytes(process.pid, self._proc)
            fds = files.fd_count(process.pid, self._proc)
            many = fds is not None and fds >= _MANY_FDS
            if (many or not self._brief) and (before is None or fds != before.fds):
                limit = files.fd_limit(process.pid, self._proc)  # a process may change its own
        return Sampled(
            process,
            cpu_seconds=cpu_seconds,
            waited_seconds=waited,
            private_bytes=private,
            fds=fds,
            fds_limit=limit,
            exe=exe,
            argv_digest=digest,
        )

    def _introduce(self, process: Process) -> tuple[str, str]:
        """What stays the same until the process runs another program."""
        plain = process.is_kernel_thread or process.state == "Z"
        if self._brief:
            return "" if plain else files.exe_of(process.pid, self._proc) or "", ""
        argv = self._name(process)
        if plain:
            return "", ""
        digest = f"{hash(tuple(argv)) & 0xFFFFFFFFFFFF:012x}"  # Python keys it anew for each process
        return files.exe_of(process.pid, self._proc) or "", digest

    def _name(self, process: Process) -> list[str]:
        """Fill in what is shown of it; its command line."""
        process.handle = self._handles.text(process)
        process.username = live.user_name(process.uid, self._names)
        argv = [] if process.is_kernel_thread else live.argv_of(process.pid, self._proc) or []
        process.argv_shape = argv_shape(argv)
        return argv


def host(proc: str = "/proc") -> Host:
    """The machine now."""
    memory = pressure.memory(proc)
    return Host(
        memory_bytes=memory.get("MemTotal", 0),
        available_bytes=memory.get("MemAvailable", 0),
        memory_stall_ratio=pressure.memory_stall_ratio(proc),
        starts=pressure.last_pid(proc),
        starts_wrap=pressure.pid_max(proc),
        cores=os.cpu_count() or 1,
    )


def _equal(before: Sampled, process: Process, cpu_seconds: float) -> bool:
    """Whether a refresh has found nothing new."""
    was = before.process
    return before.cpu_seconds == cpu_seconds and (
        was.ppid,
        was.state,
        was.threads,
        was.rss_bytes,
        was.name,
    ) == (
        process.ppid,
        process.state,
        process.threads,
        process.rss_bytes,
        process.name,
    )
