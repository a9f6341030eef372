"""What the archive index and the log commands answer with."""

from __future__ import annotations

from typing import Any, NamedTuple


class IndexRow(NamedTuple):
    """Where a record stands: ``offset`` is a byte, or in an archive the number of the line.

    ``success`` is None for what can neither succeed nor fail, such as the snapshot of a process.
    """

    key: str
    source: str
    offset: int
    length: int
    success: bool | None


class Found(NamedTuple):
    """A record with its place; ``record`` is None where the line can no longer be read."""

    key: str
    source: str
    offset: int
    record: dict[str, Any] | None


class GroupCount(NamedTuple):
    """How many records of one action there are."""

    domain: str
    action: str
    records: int
    failures: int


class SourceState(NamedTuple):
    """How far one file was read into the index. ``duplicates`` are lines whose key was there already."""

    path: str
    kind: str
    offset: int
    lines: int
    rows: int
    duplicates: int
    damaged: int
    behind_bytes: int


class CaughtUp(NamedTuple):
    """What reading on did, and how far the index is behind the logs after it."""

    added: int
    behind_bytes: int
    busy: bool
    """Another process was writing the index, so that nothing was read on."""
    notes: tuple[str, ...] = ()


class ChainBreak(NamedTuple):
    """A place where a log is not what was written."""

    domain: str
    file: str
    line: int
    offset: int
    problem: str


class ChainState(NamedTuple):
    """One domain's log, archives included. ``head`` is empty where nothing is sealed."""

    domain: str
    head: str
    lines: int
    unchained: int
    archives: int
    breaks: tuple[ChainBreak, ...]
    unread: tuple[str, ...] = ()


class Archived(NamedTuple):
    """What ``memory archive`` moved, or would move, of one domain."""

    domain: str
    path: str
    lines: int
    bytes_moved: int
    archive_bytes: int
    kept_bytes: int
