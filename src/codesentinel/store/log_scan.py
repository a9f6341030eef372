"""Events straight from the logs, for when the index cannot be written: as on a full disk, when it counts."""

from __future__ import annotations

import heapq
import os
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError
from codesentinel.model.record import Found
from codesentinel.store.archive_read import archive_lines, segments
from codesentinel.store.index_keys import place_event
from codesentinel.store.index_query import record_of
from codesentinel.store.regular import open_regular
from codesentinel.store.tail import tail_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def newest_events(
    root: str,
    domains: Sequence[str],
    *,
    since: str = "",
    until: str = "",
    action: str = "",
    failed: bool = False,
    limit: int = 0,
    notes: list[str],
) -> list[Found]:
    """What the index would answer: the newest events of an interval, oldest of them first.

    Every line is read, archived ones too. Times are spelled as keys have them; what cannot be read is noted.
    """
    lines = (one for domain in domains for one in _lines(root, domain, notes))
    found = (
        (time, identity, Found(key, source, at, record_of(line)))
        for domain, source, at, line in lines
        for key, time, identity in _wanted(domain, line, action, failed=failed)
        if since <= time and (not until or time < until)
    )
    unique = {one[2].key: one for one in _newest(found, limit)}  # a line on its way into an archive is twice
    return [one[2] for one in sorted(unique.values(), key=lambda one: one[:2])]


def _newest(found: Iterator[tuple[str, str, Found]], limit: int) -> Iterator[tuple[str, str, Found]]:
    if not limit:
        yield from found
        return
    yield from heapq.nlargest(limit, found, key=lambda one: one[:2])


def _wanted(domain: str, line: bytes, action: str, *, failed: bool) -> Iterator[tuple[str, str, str]]:
    placed = place_event(domain, line)
    if placed is None or (action and placed.action != action) or (failed and placed.success is not False):
        return
    _, time, identity = placed.key.rsplit("/", 2)
    yield placed.key, time, identity


def _lines(root: str, domain: str, notes: list[str]) -> Iterator[tuple[str, str, int, bytes]]:
    """Domain, file, place and bytes of every whole line."""
    for segment in segments(root, domain):
        try:
            for number, line in enumerate(archive_lines(os.path.join(root, segment))):
                yield domain, segment, number, line
        except CodesentinelError as exc:
            notes.append(f"{segment}: not read, {exc.message}")
    log, at = f"docs/domains/{domain}/history.jsonl", 0
    try:
        with open_regular(os.path.join(root, log)) as file:
            stop = tail_start(file.fileno(), os.fstat(file.fileno()).st_size)
            for line in file:
                if at + len(line) > stop:
                    return
                yield domain, log, at, line[:-1]
                at += len(line)
    except FileNotFoundError:  # all of it is archived
        return
    except OSError as exc:
        notes.append(f"{log}: not read, {exc.strerror}")
