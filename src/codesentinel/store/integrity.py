"""Walking the chain of a whole log, archived segments first, and finding where it breaks."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from itertools import chain as chain_together
from typing import IO, TYPE_CHECKING

from codesentinel.model.errors import Failed
from codesentinel.model.record import ChainBreak, ChainState
from codesentinel.store import archive_read, chain
from codesentinel.store.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ENOUGH = 100  # breaks told
_STEP_LINES = 10_000


class _Walk:
    """The state of a walk along one domain."""

    def __init__(self, domain: str, sought: set[str]) -> None:
        self.domain = domain
        self.sought = sought
        self.head: bytes | None = None
        self.lines = 0
        self.unchained = 0
        self.breaks: list[ChainBreak] = []
        self.trusts_next = False  # what stands before cannot be read
        self._resumes = False  # the line before was not sealed: a writer then begins anew

    def along(self, file: str, lines: Iterable[tuple[int, bytes]]) -> Iterator[int]:
        """Check every line; the offset reached now and then."""
        link, value, unsealed = chain.link, chain.value, chain.unsealed
        before = self.head or chain.GENESIS
        sought = {head.encode() for head in self.sought}
        for number, (at, line) in enumerate(lines, 1):
            stated = value(line)
            self.lines += 1
            if stated is None:
                self._unsealed(file, number, at)
            else:
                if link(unsealed(line), before) != stated and not self._begins_anew(line, stated):
                    self._break(
                        file, number, at, "does not continue the chain: it or a line before was changed"
                    )
                self.head = before = stated
                self._resumes = False
                if stated in sought:
                    self.sought.discard(stated.decode())
            if number % _STEP_LINES == 0:
                yield at

    def cannot_read(self, file: str, why: str) -> None:
        """A whole file is lost to us; whatever follows it is taken as its continuation."""
        self._break(file, 0, 0, why)
        self.head, self.trusts_next = None, True

    def _unsealed(self, file: str, number: int, at: int) -> None:
        if self.head is None:
            self.unchained += 1
        else:
            self._break(file, number, at, "is not sealed, and stands behind sealed lines")
            self._resumes = True

    def _begins_anew(self, line: bytes, stated: bytes) -> bool:
        """After an unsealed line, which is told already, a writer has nothing to continue."""
        if self.trusts_next and self.head is None:
            return True
        return self._resumes and chain.link(chain.unsealed(line), chain.GENESIS) == stated

    def _break(self, file: str, number: int, at: int, problem: str) -> None:
        if len(self.breaks) < _ENOUGH:
            self.breaks.append(ChainBreak(self.domain, file, number, at, problem))


def check_chain(
    root: str,
    domain: str,
    witnesses: dict[str, int],
    progress: Callable[[int], None] | None = None,
) -> ChainState:
    """Walk the log of a domain.

    Args:
        root: the workspace root.
        domain: whose log.
        witnesses: chain values that were seen once, with the offset after their line; where one is no
            longer there, the log was cut or written anew.
        progress: told the offset reached in the log, now and then.

    Raises:
        Failed: the log cannot be read.
    """
    log = f"docs/domains/{domain}/history.jsonl"
    walk = _Walk(domain, set(witnesses))
    with _opened(root, log) as file:  # before its archives are listed: what leaves it now, stays in here
        files, unread = archive_read.segments(root, domain), []
        if files and not archive_read.is_readable():
            files, unread = [], files
            walk.trusts_next = True
        first = next((line for _, line in _lines(file, log)), None)
        walked = 0
        for name in files:
            if not _archived(walk, root, name, first):
                break
            walked += 1
        for at in walk.along(log, _lines(file, log)):
            if progress:
                progress(at)
    if not unread:  # what is archived cannot be looked into without DuckDB
        for head in sorted(walk.sought, key=lambda one: witnesses[one]):
            problem = f"ended in {head} once, which is no longer there: lines were cut off or written anew"
            walk.breaks.append(ChainBreak(domain, log, 0, witnesses[head], problem))
    head = (walk.head or b"").decode()
    archives = walked + len(unread)
    return ChainState(domain, head, walk.lines, walk.unchained, archives, tuple(walk.breaks), tuple(unread))


def _archived(walk: _Walk, root: str, name: str, first: bytes | None) -> bool:
    """Walk an archive; False where the log holds its lines too, as while, or after, it is cut."""
    try:
        lines = archive_read.archive_lines(os.path.join(root, name))
        opening = next(lines, None)
        if opening is None:
            return True
        if opening == first:
            return False
        for _ in walk.along(name, enumerate(chain_together((opening,), lines))):
            pass
    except Failed as exc:
        walk.cannot_read(name, exc.message)
    return True


@contextmanager
def _opened(root: str, log: str) -> Iterator[IO[bytes]]:
    try:
        file = open_regular(os.path.join(root, log), buffering=1 << 20)
    except FileNotFoundError:
        file = io.BytesIO()
    except OSError as exc:
        raise _unreadable(log, exc) from exc
    with file:
        yield file


def _lines(file: IO[bytes], log: str) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of every whole line; what ends in no newline is not final."""
    at = 0
    try:
        file.seek(0)
        for line in file:
            if not line.endswith(b"\n"):
                return
            yield at, line[:-1]
            at += len(line)
    except OSError as exc:
        raise _unreadable(log, exc) from exc


def _unreadable(log: str, exc: OSError) -> Failed:
    hint = "mend its permissions, or its disk"
    return Failed(f"the log {log} cannot be read: {exc.strerror}", hint=hint)
