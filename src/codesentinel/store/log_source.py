"""One log, read block by block by somebody who must miss nothing: through archiving, rotation and restarts.

Where a reader stands is told by what stands before it. The last line that was read carries a chain value
that no other line has, so that the place is found again wherever the line went: in the same file, in the
shorter file that archiving left, or in an archive. Where it is found nowhere, and no line links to it, the
log was cut or replaced: that is told as a gap, never passed over.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.store import chain
from codesentinel.store.archive_blocks import ArchiveBlocks
from codesentinel.store.archive_read import segments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

LONGEST_LINE_BYTES = 16 * 1024 * 1024
"""A longer line is passed over, and counted: whoever reads it would hold all of it in memory."""

_TAIL_BYTES = 512  # of a line that is not sealed
_SEARCH_BYTES = 4 << 20
_ROUNDS = 8  # each moves on: to an archive, to the next one, to the log


class Mark(NamedTuple):
    """Where a reader stands. ``number`` is that of the next line in ``archive``; -1 while it reads the log.

    ``tail`` are the last bytes that it read. ``archive`` is, while it reads the log, the newest one it knew.
    """

    offset: int = 0
    tail: bytes = b""
    archive: str = ""
    number: int = -1

    def as_document(self) -> dict[str, Any]:
        """The JSON shape; bytes as the letters of the same numbers."""
        return {**self._asdict(), "tail": self.tail.decode("latin-1")}

    @classmethod
    def of_document(cls, kept: Mapping[str, Any]) -> Self:
        """The opposite of :meth:`as_document`."""
        return cls(
            int(kept["offset"]),
            str(kept["tail"]).encode("latin-1"),
            str(kept["archive"]),
            int(kept["number"]),
        )


class Block(NamedTuple):
    """Whole lines without newline, where the reader stands after them, and whether more can be had at once.

    ``gap`` says what is missing before them. ``too_long`` lines were passed over.
    """

    lines: list[bytes]
    mark: Mark
    more: bool
    gap: str = ""
    too_long: int = 0


class LogSource:
    """The log of one domain with its archives.

    Args:
        root: the workspace root.
        domain: whose log.
        mark: where it was read up to.
    """

    def __init__(self, root: str, domain: str, mark: Mark | None = None) -> None:
        self._root = root
        self._domain = domain
        self._path = os.path.join(root, "docs", "domains", domain, "history.jsonl")
        self._mark = mark or Mark()
        self._fd = -1
        self._was_drained = False  # the file before this one was read to its end, and is final
        self._archive: ArchiveBlocks | None = None
        self._gap = ""

    def read(self, most_bytes: int) -> Block:
        """The next lines, about so many bytes of them; none where there is nothing new.

        Raises:
            OSError: the file is there and cannot be read.
            Failed: an archive cannot be read.
            NotInstalled: an archive is to be read, and pyarrow is missing.
        """
        for _ in range(_ROUNDS):
            block = self._from_archive(most_bytes) if self._mark.number >= 0 else self._from_log(most_bytes)
            if block is not None:
                return block
        return Block([], self._mark, more=True)

    def close(self) -> None:
        """Let go of the file."""
        fd, self._fd, self._archive = self._fd, -1, None
        if fd >= 0:
            os.close(fd)

    def _from_log(self, most_bytes: int) -> Block | None:
        """Lines of the log; None where the reader was moved elsewhere, and is to look again."""
        if self._fd < 0:
            try:
                self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return Block([], self._mark, more=False)
        if not _ends_at(self._fd, self._mark) or (not self._mark.tail and self._has_older()):
            self._find()
            return None
        block = self._lines(most_bytes)
        if block.lines or block.too_long or self._is_current():
            return block
        self.close()  # it was archived or replaced: nobody writes into it any more
        self._was_drained = True
        return None

    def _lines(self, most_bytes: int) -> Block:
        offset, wanted, data, end = self._mark.offset, max(most_bytes, 1), b"", 0
        while not end:
            data = os.pread(self._fd, wanted, offset)
            end = data.rfind(b"\n") + 1
            if end or len(data) < wanted:
                break
            if wanted > LONGEST_LINE_BYTES:
                return self._step_over(offset)
            wanted *= 2
        if not end:
            return self._block([], self._mark, more=False)
        self._was_drained = False
        lines = data[: end - 1].split(b"\n")
        mark = Mark(offset + end, _tail(lines[-1]), self._mark.archive)
        return self._block(lines, mark, more=len(data) == wanted)

    def _step_over(self, offset: int) -> Block:
        """Behind the end of a line that is too long; nowhere while it has none."""
        while data := os.pread(self._fd, _SEARCH_BYTES, offset):
            at = data.find(b"\n")
            if at >= 0:
                end = offset + at + 1
                tail = os.pread(self._fd, chain.SEAL_BYTES + 1, end - chain.SEAL_BYTES - 1)
                return self._block([], Mark(end, tail, self._mark.archive), more=True, too_long=1)
            offset += len(data)
        return self._block([], self._mark, more=False)

    def _block(self, lines: list[bytes], mark: Mark, *, more: bool, too_long: int = 0) -> Block:
        self._mark, gap = mark, self._gap
        self._gap = ""
        return Block(lines, mark, more, gap, too_long)

    def _from_archive(self, most_bytes: int) -> Block | None:
        mark = self._mark
        if self._archive is None:
            self._archive = ArchiveBlocks(self._archive_path(mark.archive), mark.number)
        lines = self._archive.read(most_bytes)
        if lines:
            after = Mark(0, _tail(lines[-1]), mark.archive, mark.number + len(lines))
            return self._block(lines, after, more=True)
        self._archive = None
        later = [name for name in self._archives() if name > mark.archive]
        self._mark = mark._replace(archive=later[0], number=0) if later else mark._replace(number=-1)
        return None

    def _find(self) -> None:
        """Where the line that was read last went, and the next one stands."""
        mark, archives = self._mark, self._archives()
        newest = archives[-1] if archives else ""
        unread = [name for name in archives if name > mark.archive]
        head = chain.value(mark.tail[:-1])
        at = _search(self._fd, mark.tail) if mark.tail else -1
        if at >= 0:
            self._mark = Mark(at, mark.tail, newest)
        elif head and _links(self._fd, head):
            self._mark = Mark(0, mark.tail, newest)
        elif place := self._archived(head, archives) if head else None:
            self._mark = Mark(0, mark.tail, *place)
        else:
            if mark.tail and not (self._was_drained and _links(self._fd, chain.GENESIS)):
                self._gap = "the log was cut or replaced: what followed the last record read is not there"
            self._mark = Mark(0, b"", unread[0], 0) if unread else Mark(0, b"", newest)

    def _archived(self, head: bytes, archives: list[str]) -> tuple[str, int] | None:
        """The archive that holds the line with a chain value, and the number of the line after it."""
        for name in reversed(archives):
            number = ArchiveBlocks(self._archive_path(name)).number_of(head.decode())
            if number >= 0:
                return name, number + 1
        return None

    def _archive_path(self, name: str) -> str:
        return os.path.join(self._root, "docs", "domains", self._domain, "archive", name)

    def _archives(self) -> list[str]:
        return [os.path.basename(path) for path in segments(self._root, self._domain)]

    def _has_older(self) -> bool:
        """Whether there are archives to begin with, before the log."""
        return any(name > self._mark.archive for name in self._archives())

    def _is_current(self) -> bool:
        mine = os.fstat(self._fd)
        try:
            named = os.stat(self._path)
        except FileNotFoundError:
            return False
        return (named.st_ino, named.st_dev) == (mine.st_ino, mine.st_dev)


def _tail(line: bytes) -> bytes:
    kept = chain.SEAL_BYTES if chain.value(line) else _TAIL_BYTES
    return line[-kept:] + b"\n"


def _ends_at(fd: int, mark: Mark) -> bool:
    """Whether what was read still stands before the place, or the file is its continuation."""
    if not mark.offset:
        head = chain.value(mark.tail[:-1])
        return head is None or os.fstat(fd).st_size == 0 or _links(fd, head)
    start = mark.offset - len(mark.tail)
    return start >= 0 and os.pread(fd, len(mark.tail), start) == mark.tail


def _search(fd: int, tail: bytes) -> int:
    """The offset after the first place where these bytes stand; -1 where they do not."""
    at = 0
    while data := os.pread(fd, _SEARCH_BYTES, at):
        found = data.find(tail)
        if found >= 0:
            return at + found + len(tail)
        if len(data) < _SEARCH_BYTES:
            return -1
        at += len(data) - len(tail) + 1
    return -1


def _links(fd: int, head: bytes) -> bool:
    """Whether the first line of the file follows the line whose chain value is ``head``."""
    data = os.pread(fd, LONGEST_LINE_BYTES, 0)
    line, newline, _ = data.partition(b"\n")
    value = chain.value(line) if newline else None
    return value is not None and chain.link(chain.unsealed(line), head) == value
