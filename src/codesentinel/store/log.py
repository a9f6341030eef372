"""An append-only file of JSON lines that any number of processes may write at once.

Format: one JSON object a line, UTF-8, ended by a newline; the newline is what makes a record count.
A writer takes ``flock`` on the file, looks at the last byte, and issues one ``write`` with
``O_APPEND``. If a writer before it was killed in the middle, the file ends in a torn tail; the next
writer heals it: a tail that is a whole record gets its newline, any other is moved to ``<file>.torn``.
A record was never acknowledged before its newline was written, so healing loses nothing promised.
A short write (disk full) is undone at once and reported.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from pathlib import Path

from codesentinel.model.errors import LogUnwritable

_TAIL_STEP_BYTES = 65536


class AppendOnlyLog:
    """One log file. Safe between threads, processes and across ``fork``."""

    def __init__(self, path: str | os.PathLike[str], *, fsync: bool = False) -> None:
        self.path = Path(path)
        self._fsync = fsync
        self._lock = threading.Lock()
        self._fd = -1
        self._owner = 0

    def append(self, record: bytes, *, durable: bool = False) -> int:
        """Write one record (JSON without newline) and return the byte offset where it begins.

        Args:
            record: the record; must not contain a newline.
            durable: wait until the record is on disk, whatever the log's own setting.

        Raises:
            LogUnwritable: nothing was written; the file is as it was.
            ValueError: the record is more than one line.
        """
        if b"\n" in record:
            raise ValueError("a record is one line")
        line = record + b"\n"
        with self._lock:
            try:
                fd = self._open()
                fcntl.flock(fd, fcntl.LOCK_EX)
                try:
                    end = self._heal(fd)
                    written = os.write(fd, line)
                    if written != len(line):
                        os.ftruncate(fd, end)
                        raise OSError(28, "disk full: only part of the record fitted")
                    if durable or self._fsync:
                        os.fsync(fd)
                finally:
                    fcntl.flock(fd, fcntl.LOCK_UN)
            except OSError as exc:
                raise LogUnwritable(
                    f"the log {self.path} could not be written: {exc.strerror or exc}",
                    hint="the command's own work is not affected; free space or mend permissions",
                ) from exc
        return end

    def close(self) -> None:
        """Let go of the file; the next append opens it again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> int:
        """The descriptor, fresh in this process: an inherited one would share its parent's lock."""
        if self._fd >= 0 and (self._owner != os.getpid() or self._moved()):
            self.close()
        if self._fd < 0:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._owner = os.getpid()
        return self._fd

    def _moved(self) -> bool:
        """Whether the path names another file by now (rotated or deleted)."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(there, os.fstat(self._fd))

    def _heal(self, fd: int) -> int:
        """Make the file end after a newline; its size then."""
        size = os.fstat(fd).st_size
        if size == 0 or os.pread(fd, 1, size - 1) == b"\n":
            return size
        start = size
        tail = b""
        while start > 0 and b"\n" not in tail:
            step = min(_TAIL_STEP_BYTES, start)
            start -= step
            tail = os.pread(fd, step, start) + tail
        tail = tail[tail.rfind(b"\n") + 1 :]
        if _is_record(tail):
            os.write(fd, b"\n")
            return size + 1
        torn = os.open(f"{self.path}.torn", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(torn, tail + b"\n")
        finally:
            os.close(torn)
        os.ftruncate(fd, size - len(tail))
        return size - len(tail)


def _is_record(tail: bytes) -> bool:
    try:
        return isinstance(json.loads(tail), dict)
    except ValueError:
        return False
