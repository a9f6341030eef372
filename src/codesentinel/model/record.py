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


class SearchHit(NamedTuple):
    """A line that holds the text sought. ``offset`` is -1 in an archive."""

    domain: str
    source: str
    offset: int
    record: dict[str, Any]


class IndexAnswer(NamedTuple):
    """Rows or records of the index, and how far it had read the logs."""

    rows: tuple[IndexRow, ...]
    records: tuple[Found, ...]
    caught_up: CaughtUp
    snapshot: str = ""
    """The time of the snapshot of processes that was looked at."""


class IndexStats(NamedTuple):
    """What the index holds."""

    counts: tuple[GroupCount, ...]
    sources: tuple[SourceState, ...]
    size_bytes: int
    caught_up: CaughtUp


class IndexVerdict(NamedTuple):
    """Whether the index agrees with the log."""

    wrong: tuple[str, ...]
    compared: int
    caught_up: CaughtUp

    @property
    def succeeded(self) -> bool:
        """For the log."""
        return not self.wrong


class LogAnswer(NamedTuple):
    """Events in the order of their times, oldest first, and what could not be read."""

    events: tuple[Found, ...]
    caught_up: CaughtUp
    notes: tuple[str, ...]


class SearchAnswer(NamedTuple):
    """Lines that hold a text, newest first, and what could not be searched."""

    hits: tuple[SearchHit, ...]
    notes: tuple[str, ...]


class ChainVerdict(NamedTuple):
    """Whether the logs are what was written. ``remembered`` counts the heads that the index knew."""

    domains: tuple[ChainState, ...]
    remembered: int

    @property
    def succeeded(self) -> bool:
        """For the log."""
        return not any(state.breaks for state in self.domains)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be read."""
        return not any(state.unread for state in self.domains)


class ArchiveRun(NamedTuple):
    """What was moved, or would be."""

    domains: tuple[Archived, ...]
    dry_run: bool

    @property
    def files_modified(self) -> tuple[str, ...]:
        """For the log."""
        moved = [] if self.dry_run else [one for one in self.domains if one.lines]
        logs = [f"docs/domains/{one.domain}/history.jsonl" for one in moved]
        return (*(one.path for one in moved), *logs)
