"""The files that the archive index is made of, and what it remembers of each."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.store import chain
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    import sqlite3

TAIL_BYTES = chain.SEAL_BYTES + 1
_COLUMNS = "id, path, kind, domain, inode, modified_ns, size, offset, tail, lines, rows, duplicates, damaged"


class File(NamedTuple):
    """A source as it lies on the disk."""

    path: str
    """Relative to the workspace root."""
    kind: str
    """``log``, ``archive`` or ``snapshot``."""
    domain: str
    inode: int
    modified_ns: int
    size: int


class Known(NamedTuple):
    """A source as the index knows it. ``tail`` are the last bytes before ``offset``."""

    id: int
    path: str
    kind: str
    domain: str
    inode: int
    modified_ns: int
    size: int
    offset: int
    tail: bytes
    lines: int
    rows: int
    duplicates: int
    damaged: int

    @property
    def head(self) -> str:
        """The chain value at ``offset``; empty where that line is not sealed."""
        return (chain.value(self.tail[:-1]) or b"").decode()

    def is_as_it_was(self, file: File) -> bool:
        """Whether nothing happened to the file since it was read to its end."""
        return (file.inode, file.modified_ns, file.size) == (self.inode, self.modified_ns, self.size)


def files(root: str) -> list[File]:
    """All sources there are; archives before logs, so that a line in both is counted in the archive."""
    found: list[File] = []
    domains = os.path.join(root, "docs", "domains")
    names = sorted(_listed(domains))
    for name in names:
        folder = f"docs/domains/{name}/archive"
        for file in sorted(_listed(os.path.join(root, folder))):
            if file.endswith(".parquet") and not file.startswith("."):
                _add(found, root, f"{folder}/{file}", "archive", name)
    for name in names:
        _add(found, root, f"docs/domains/{name}/history.jsonl", "log", name)
    for file in sorted(_listed(os.path.join(root, "docs", "metrics"))):
        if file.startswith("process_snapshot_") and file.endswith(".jsonl"):
            _add(found, root, f"docs/metrics/{file}", "snapshot", "process")
    return found


def known(connection: sqlite3.Connection) -> dict[str, Known]:
    """Path to what the index knows."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM sources ORDER BY id")  # noqa: S608 - our own words
    return {row[1]: Known(*row) for row in rows}


def continues(path: str, source: Known) -> bool:
    """Whether the bytes before the offset are still those that were read."""
    try:
        with open(path, "rb") as file:
            length = len(source.tail)
            return os.pread(file.fileno(), length, source.offset - length) == source.tail
    except OSError:
        return False


def readable_end(path: str, file: File) -> int:
    """The offset after the last whole line; in an archive, its size."""
    if file.kind == "archive":
        return file.size
    try:
        with open(path, "rb") as log:
            return tail_start(log.fileno(), file.size)
    except OSError:
        return file.size


def behind_bytes(root: str, found: list[File], remembered: dict[str, Known]) -> int:
    """How many bytes of the sources the index has not seen."""
    behind = 0
    for file in found:
        source = remembered.get(file.path)
        if source is None:
            behind += readable_end(os.path.join(root, file.path), file)
        elif not source.is_as_it_was(file):
            end = readable_end(os.path.join(root, file.path), file)
            seen = source.offset if source.kind != "archive" and source.offset <= end else 0
            behind += end - seen
    return behind


def _add(found: list[File], root: str, path: str, kind: str, domain: str) -> None:
    try:
        facts = os.stat(os.path.join(root, path))
    except OSError:
        return
    if not stat.S_ISREG(facts.st_mode):  # a pipe there would never end
        return
    found.append(File(path, kind, domain, facts.st_ino, facts.st_mtime_ns, facts.st_size))


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
