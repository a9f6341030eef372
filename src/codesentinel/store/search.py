"""Finding a text in the logs: bytes are compared, and only what is found is read as JSON.

From the end of a log to its beginning, then through its archived segments, newest first.
"""

from __future__ import annotations

import heapq
import json
import os
from itertools import islice
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError
from codesentinel.model.record import SearchHit
from codesentinel.store import archive_read
from codesentinel.store.index_query import record_of
from codesentinel.store.regular import open_regular
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK_BYTES = 4 << 20


def search(
    root: str, domains: Sequence[str], text: str, *, limit: int, notes: list[str]
) -> Iterator[SearchHit]:
    """Lines that hold ``text``, upper or lower case, newest first; what cannot be read is noted."""
    wanted = needles(text)
    each = (_of_domain(root, domain, wanted, notes) for domain in domains)
    merged = heapq.merge(*each, key=lambda hit: str(hit.record.get("timestamp", "")), reverse=True)
    yield from islice(merged, limit or None)


def needles(text: str) -> list[bytes]:
    """What ``text`` may be in a log, in lower-case bytes: JSON spells letters beyond ASCII out."""
    spellings = {text, text.lower(), text.upper()}
    found = {json.dumps(one)[1:-1].encode().lower() for one in spellings}
    found |= {one.encode("utf-8", "backslashreplace").lower() for one in spellings}
    return sorted(found)


def _of_domain(root: str, domain: str, wanted: list[bytes], notes: list[str]) -> Iterator[SearchHit]:
    log = f"docs/domains/{domain}/history.jsonl"
    seen: set[int] = set()
    try:
        for at, line in backwards(os.path.join(root, log), wanted):
            seen.add(hash(line))
            yield SearchHit(domain, log, at, record_of(line))
    except FileNotFoundError:
        pass
    except OSError as exc:
        notes.append(f"{log}: {exc.strerror}")
    for segment in reversed(archive_read.segments(root, domain)):
        try:
            for line in archive_read.lines_with(os.path.join(root, segment), wanted):
                if hash(line) not in seen:  # a line on its way into an archive stands in both
                    seen.add(hash(line))
                    yield SearchHit(domain, segment, -1, record_of(line))
        except CodesentinelError as exc:
            notes.append(f"{segment}: not searched, {exc.message}")


def backwards(path: str, wanted: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of every whole line that holds one of the needles, from the last to the first."""
    with open_regular(path) as file:
        fd = file.fileno()
        end = tail_start(fd, os.fstat(fd).st_size)
        size = _BLOCK_BYTES
        while end:
            start = max(end - size, 0)
            block = os.pread(fd, end - start, start)
            first = block.find(b"\n") + 1 if start else 0
            if start and first in {0, len(block)}:  # a line longer than the block
                size *= 2
                continue
            yield from _within(block[first:], start + first, wanted)
            end, size = start + first, _BLOCK_BYTES


def _within(block: bytes, offset: int, wanted: list[bytes]) -> Iterator[tuple[int, bytes]]:
    lowered = block.lower()
    stop = len(block)
    while stop > 0:
        at = max(lowered.rfind(needle, 0, stop) for needle in wanted)
        if at < 0:
            return
        begin = block.rfind(b"\n", 0, at) + 1
        close = block.find(b"\n", at)
        yield offset + begin, block[begin : close if close >= 0 else len(block)]
        stop = begin
