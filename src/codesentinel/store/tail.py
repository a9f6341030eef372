"""The end of a log: where its unfinished tail begins, what it is, and where it is put aside."""

from __future__ import annotations

import os

_STEP_BYTES = 65536
_LONGEST_RECORD_BYTES = 16 * 1024 * 1024  # a longer tail is not parsed, only moved


def tail_start(fd: int, size: int) -> int:
    """The offset after the last newline within the first ``size`` bytes; what follows is the tail."""
    end = size
    while end > 0:
        start = max(end - _STEP_BYTES, 0)
        newline = os.pread(fd, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def tail_is_record(fd: int, start: int, end: int) -> bool:
    """Whether these bytes are a whole JSON object that lacks only its newline."""
    if end - start > _LONGEST_RECORD_BYTES or os.pread(fd, 1, start) != b"{":
        return False
    import json

    try:
        json.loads(os.pread(fd, end - start, start).decode())
    except (ValueError, RecursionError):
        return False
    return True


def set_tail_aside(fd: int, start: int, end: int, path: str) -> None:
    """Append these bytes and a newline to the file at ``path``, as far as that is possible.

    They were never acknowledged: where they cannot be kept (disk full, no permission) they are given
    up, rather than every record after them.
    """
    try:
        torn = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o644)
        try:
            while chunk := os.pread(fd, min(_STEP_BYTES, end - start), start):
                start += os.write(torn, chunk)
            os.write(torn, b"\n")
        finally:
            os.close(torn)
    except OSError:
        return
