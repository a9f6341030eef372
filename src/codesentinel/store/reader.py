"""Reading the log: a replay gives the events in the order in which they were acknowledged."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Read(NamedTuple):
    """One line: the offset after it, and its event, or None where the line is damaged."""

    end: int
    event: dict[str, Any] | None


def read_log(path: Path, start: int = 0) -> Iterator[Read]:
    """Every complete line from byte ``start`` on; a tail without newline is not yet a record.

    Called again with the last ``end`` it goes on from there. A file that is shorter than ``start`` was
    replaced, and is read from its beginning. A missing file has no lines.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = start if start <= os.fstat(file.fileno()).st_size else 0
        file.seek(end)
        for line in file:
            if not line.endswith(b"\n"):
                return
            end += len(line)
            yield Read(end, _event(line))


def events(path: Path, start: int = 0) -> Iterator[dict[str, Any]]:
    """The events alone; damaged lines are passed over."""
    for read in read_log(path, start):
        if read.event is not None:
            yield read.event


def domains(root: Path) -> dict[str, Path]:
    """Domain to log file, for every domain of the workspace that has one."""
    return {file.parent.name: file for file in sorted(root.glob("docs/domains/*/history.jsonl"))}


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
