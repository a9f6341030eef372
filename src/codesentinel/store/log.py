"""An append-only file of JSON lines that any number of processes may write at once.

Format: one JSON object a line, UTF-8, ended by a newline; the newline is what makes a record count.
A writer takes ``flock`` on the file, looks at the last byte, and issues one ``write`` with
``O_APPEND``. If a writer before it was killed in the middle, the file ends in a torn tail; the next
writer heals it: a tail that is a whole record gets its newline, any other is moved to ``<file>.torn``.
A record is acknowledged only after its newline is written, so healing loses nothing promised, and
whatever stands before a newline never changes again. A chained log also seals each record
(:mod:`codesentinel.store.chain`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from _thread import allocate_lock  # what threading.Lock is, without importing threading

from codesentinel.model.errors import LogUnwritable
from codesentinel.store import chain
from codesentinel.store.tail import set_tail_aside, tail_is_record, tail_start

_PAUSE_SECONDS = 0.001  # between tries for the lock
_OPEN_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
_in_use: set[AppendOnlyLog] = set()


class AppendOnlyLog:
    """One log file. Safe between threads, processes and across ``fork``.

    Args:
        path: the file; it and its folders are made by the first append.
        fsync: make every append durable.
        chained: seal each record with a digest of itself and of the one before it.
        patience_seconds: how long to wait for another writer, which holds the lock for microseconds
            unless it is stopped or hangs.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fsync: bool = False,
        chained: bool = False,
        patience_seconds: float = 10.0,
    ) -> None:
        self.path = os.fspath(path)
        self._fsync = fsync
        self._chained = chained
        self._patience_seconds = patience_seconds
        self._fd = -1
        self._threads = allocate_lock()

    def append(self, record: bytes, *, durable: bool = False) -> int:
        """Write one record (JSON without newline) and return the byte offset where it begins.

        Args:
            record: the record; must not contain a newline.
            durable: wait until the record is on disk, whatever the log's own setting.

        Raises:
            LogUnwritable: the record is not acknowledged; no part of it stays in front of a later one.
            ValueError: the record is more than one line, or, where it is to be chained, no JSON object
                with a member.
        """
        if b"\n" in record:
            raise ValueError("a record is one line")
        if self._chained and not chain.can_seal(record):
            raise ValueError("a chained record is a JSON object with at least one member")
        _in_use.add(self)
        with self._threads:
            try:
                start = self._append_line(record)
                if durable or self._fsync:
                    self._sync(new=start == 0)
            except OSError as exc:
                self._let_go()
                raise LogUnwritable(
                    f"the log {self.path} could not be written: {exc.strerror or exc}",
                    hint="the command's own work is not affected; free space or mend permissions",
                ) from exc
        return start

    def close(self) -> None:
        """Let go of the file; the next append opens it again."""
        with self._threads:
            self._let_go()
        _in_use.discard(self)

    def _append_line(self, record: bytes) -> int:
        """Where the record was put."""
        try:  # entered before the lock is taken: a signal between the two must not leave it locked
            size = self._lock()
            end = self._end(size)
            if end and end[-1:] != b"\n":
                size = self._heal(size)
                end = self._end(size)
            if self._chained:
                record = chain.seal(record, chain.value(end[:-1]) or chain.GENESIS)
            line = record + b"\n"
            written = os.write(self._fd, line)
            if written != len(line):
                os.ftruncate(self._fd, size)
                raise OSError(errno.ENOSPC, "only part of the record fitted; it was taken back")
            return size
        finally:
            if self._fd >= 0:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _end(self, size: int) -> bytes:
        """The last bytes: enough to see a newline, and the seal before it."""
        wanted = min(size, chain.SEAL_BYTES + 1 if self._chained else 1)
        return os.pread(self._fd, wanted, size - wanted) if wanted else b""

    def _lock(self) -> int:
        """Lock the file that the path names now; its size."""
        while True:
            if self._fd < 0:
                self._open()
            self._wait_for_lock()
            mine = os.fstat(self._fd)
            try:
                named = os.stat(self.path)
                if named.st_ino == mine.st_ino and named.st_dev == mine.st_dev:
                    return mine.st_size
            except FileNotFoundError:
                pass
            self._let_go()  # rotated or deleted before the lock was ours: begin with the new file

    def _open(self) -> None:
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        self._fd = os.open(self.path, _OPEN_FLAGS, 0o644)
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")

    def _wait_for_lock(self) -> None:
        """Try again and again rather than block: a stopped holder must not stop us for ever."""
        deadline = 0.0
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                now = time.monotonic()
                deadline = deadline or now + self._patience_seconds
                if now >= deadline:
                    raise OSError(errno.EAGAIN, "another process keeps it locked") from None
                time.sleep(_PAUSE_SECONDS)
            else:
                return

    def _heal(self, size: int) -> int:
        """Make the file end after a newline; its size then."""
        start = tail_start(self._fd, size)
        if tail_is_record(self._fd, start, size):
            return size + os.write(self._fd, b"\n")
        set_tail_aside(self._fd, start, size, f"{self.path}.torn")
        os.ftruncate(self._fd, start)
        return start

    def _sync(self, *, new: bool) -> None:
        """Reach the disk. The lock is not held: writers that wait here together share one flush."""
        os.fsync(self._fd)
        if new:  # the name of a new file is a record of its folder
            folder = os.open(os.path.dirname(self.path) or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _let_go(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            try:
                os.close(fd)
            except OSError:  # somebody closed it behind our back
                return

    def _begin_child(self) -> None:
        """After ``fork``: another thread may have held the lock, and the descriptor is the parent's."""
        self._threads = allocate_lock()
        self._let_go()


def _begin_children() -> None:
    for log in tuple(_in_use):
        log._begin_child()  # noqa: SLF001
    _in_use.clear()


os.register_at_fork(after_in_child=_begin_children)
