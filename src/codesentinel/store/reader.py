"""Reading the log: a replay gives the events in the order in which they were written."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.errors import Failed
from codesentinel.store.regular import open_regular
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_MEND = "mend its permissions, or its disk"


class Read(NamedTuple):
    """One line: the offset after it, and its event, or None where the line is damaged.

    ``anew`` says that the file is not the one read before: this is its first line.
    """

    end: int
    event: dict[str, Any] | None
    anew: bool = False


def read_log(path: Path, start: int = 0) -> Iterator[Read]:
    """Every line from byte ``start`` on that was complete when the reading began.

    Called again with the last ``end`` it goes on from there. Where no line ends at ``start``, the file
    was replaced or cut, and is read from its beginning. A missing file has no lines. Writers are
    neither stopped nor waited for.

    Raises:
        Failed: the file is there and cannot be read.
    """
    try:
        with open_regular(path) as file:
            yield from _read(file, start)
    except FileNotFoundError:
        return
    except OSError as exc:
        raise Failed(f"the log {path} cannot be read: {exc.strerror}", hint=_MEND) from exc


def _read(file: IO[bytes], start: int) -> Iterator[Read]:
    fd = file.fileno()
    # What follows the last newline may still be taken back and written over; the rest is final.
    stop = tail_start(fd, os.fstat(fd).st_size)
    end = start if _line_ends_at(fd, start, stop) else 0
    anew = end != start
    file.seek(end)
    for line in file:
        end += len(line)
        if end > stop:
            return
        yield Read(end, _event(line), anew)
        anew = False


def events(
    path: Path, start: int = 0, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The events alone, ``since`` <= timestamp < ``until``; damaged lines are passed over.

    Writers stamp an event before they wait for their turn: timestamps rise only nearly.
    An event without a timestamp is in no interval.
    """
    for read in read_log(path, start):
        if read.event is not None and _lies_within(read.event, since, until):
            yield read.event


def domains(root: Path) -> dict[str, Path]:
    """Domain to log file, for every domain of the workspace that has one."""
    found = sorted(root.glob("docs/domains/*/history.jsonl"))
    return {file.parent.name: file for file in found if file.is_file()}


def _line_ends_at(fd: int, offset: int, stop: int) -> bool:
    return offset == 0 or (0 < offset <= stop and os.pread(fd, 1, offset - 1) == b"\n")


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _lies_within(event: dict[str, Any], since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    try:
        moment = datetime.fromisoformat(event["timestamp"])
    except (KeyError, TypeError, ValueError):
        return False
    if moment.tzinfo is None:  # no RFC 3339: it could be any of twenty-four hours
        return False
    return (since is None or since <= moment) and (until is None or moment < until)
