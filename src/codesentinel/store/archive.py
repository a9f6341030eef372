"""Moving the old part of a log into a Parquet file, without losing a line that is written meanwhile.

The lines to move are final, so that they are written, read back and compared while writers go on.
Only then the log's own lock is taken, what was appended meanwhile is copied, and the rest of the log
takes the place of the log: a writer that waited sees that the name means another file, and opens it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import Failed
from codesentinel.model.record import Archived
from codesentinel.store import archive_read
from codesentinel.store.archive_write import sync, whole_lines, write_archive
from codesentinel.store.index_keys import key_time
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK_BYTES = 1 << 20
_PATIENCE_SECONDS, _PAUSE_SECONDS = 10.0, 0.001
_IS_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T").match


class _Old(NamedTuple):
    """The part of a log to move."""

    end: int
    lines: int
    first: str
    last: str
    longest: int


def archive_log(root: str, domain: str, before: str, *, dry_run: bool = False) -> Archived:
    """Move the lines from the beginning up to the first event that is not older than ``before``.

    The last line always stays: writers continue the chain from it.

    Args:
        root: the workspace root.
        domain: whose log.
        before: a time, spelled as in keys.
        dry_run: only say what would be moved.

    Raises:
        NotInstalled: no DuckDB.
        Failed: nothing was moved.
    """
    log = os.path.join(root, f"docs/domains/{domain}/history.jsonl")
    folder = os.path.join(os.path.dirname(log), "archive")
    archive_read.open_duckdb().close()
    if not os.path.isfile(log):
        return Archived(domain, "", 0, 0, 0, 0)
    try:
        if dry_run:
            return _archived(root, domain, log, before, dry_run=True)
        os.makedirs(folder, exist_ok=True)
        with _alone(folder):
            return _archived(root, domain, log, before, dry_run=False)
    except OSError as exc:
        raise Failed(f"the log {log} was not archived: {exc}", hint="no line is lost; run it again") from exc


def _archived(root: str, domain: str, log: str, before: str, *, dry_run: bool) -> Archived:
    with open(log, "rb", buffering=0) as file:
        fd = file.fileno()
        size = os.fstat(fd).st_size
        old = _unfinished(root, domain, fd)
        if old is not None:
            path = os.path.join(root, archive_read.segments(root, domain)[-1])
        else:
            old = _old(fd, before)
            if not old.lines:
                return Archived(domain, "", 0, 0, 0, size)
            name = f"{_compact(old.first)}_{_compact(old.last)}{archive_read.SUFFIX}"
            path = _free(os.path.join(os.path.dirname(log), "archive", name))
            if not dry_run:
                write_archive(fd, old.end, old.longest, path)
        shown = os.path.relpath(path, root)
        if dry_run:
            return Archived(domain, shown, old.lines, old.end, 0, size - old.end)
        kept = _cut(log, fd, old.end)
    return Archived(domain, shown, old.lines, old.end, os.path.getsize(path), kept)


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """Two that archive the same log would archive it twice."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed("another process archives this log", hint="nothing was moved") from None
        yield
    finally:
        os.close(fd)


def _lock(fd: int) -> None:
    """The lock of the log's writers, who hold it for microseconds unless they are stopped."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Failed(
                    "another process keeps the log locked", hint="nothing was cut; run it again"
                ) from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _old(fd: int, before: str) -> _Old:
    """The lines at the beginning that are older."""
    end, lines, first, last, longest = 0, 0, "", "", 0
    pending = _Old(0, 0, "", "", 0)
    for line in whole_lines(fd):
        pending = _Old(end, lines, first, last, longest)  # without this line, which may be the last one
        moment = _time(line)
        if moment and moment >= before:
            return pending if first else _Old(0, 0, "", "", 0)
        end, lines, longest = end + len(line) + 1, lines + 1, max(longest, len(line))
        if moment:
            first, last = first or moment, max(last, moment)
    return pending if pending.first else _Old(0, 0, "", "", 0)


def _unfinished(root: str, domain: str, fd: int) -> _Old | None:
    """What an interrupted run archived already, and did not cut off."""
    segments = archive_read.segments(root, domain)
    if not segments:
        return None
    end, lines = 0, 0
    archived = archive_read.archive_lines(os.path.join(root, segments[-1]))
    log = whole_lines(fd)
    for line in archived:
        if line != next(log, None):
            return None
        end, lines = end + len(line) + 1, lines + 1
    return _Old(end, lines, "", "", 0) if lines and next(log, None) is not None else None


def _cut(log: str, fd: int, end: int) -> int:
    """Put what stands behind ``end`` in the place of the log; its size then."""
    facts = os.fstat(fd)
    draft = f"{log}.{os.getpid()}"
    out = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        at = _copy(fd, out, end, tail_start(fd, facts.st_size))  # final bytes: nobody need wait for these
        _lock(fd)  # closing the log lets go of it
        named = os.stat(log)
        if (named.st_ino, named.st_dev) != (facts.st_ino, facts.st_dev):
            raise Failed("another process replaced the log meanwhile", hint="nothing was cut; run it again")
        at = _copy(fd, out, at, os.fstat(fd).st_size)
        os.fchmod(out, stat.S_IMODE(facts.st_mode))
        if facts.st_uid != os.geteuid() or facts.st_gid != os.getegid():
            os.fchown(out, facts.st_uid, facts.st_gid)
        os.fsync(out)
        os.replace(draft, log)
        sync(os.path.dirname(log))
    finally:
        os.close(out)
        if os.path.exists(draft):
            os.unlink(draft)
    return at - end


def _copy(source: int, target: int, start: int, end: int) -> int:
    while start < end and (block := os.pread(source, min(_BLOCK_BYTES, end - start), start)):
        view = memoryview(block)
        while view:
            view = view[os.write(target, view) :]
        start += len(block)
    return start


def _time(line: bytes) -> str:
    try:
        moment = key_time(json.loads(line)["timestamp"])
    except (KeyError, RecursionError, TypeError, ValueError):
        return ""
    return moment if _IS_TIME(moment) else ""


def _compact(moment: str) -> str:
    """``2026-11-24T10:15:30.123+00:00`` as ``20261124T101530.123``."""
    return moment[:23].replace("-", "").replace(":", "")


def _free(path: str) -> str:
    stem, number, name = path.removesuffix(archive_read.SUFFIX), 1, path
    while os.path.exists(name):
        number += 1
        name = f"{stem}_{number}{archive_read.SUFFIX}"
    return name
