"""Following a log while it grows, is archived and begins anew: each event is told once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.store.reader import read_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codesentinel.store.reader import Read

_RECENT = 10_000
"""So many ids are kept. They sort by time, but writers overtake one another: what sorts below the middle of
these was told, and is known by that; above it an id is told if it is none of these."""


class Place(NamedTuple):
    """How far a log was read: the byte, and the ids of what was told last."""

    offset: int
    recent: tuple[str, ...]


class Follower:
    """Reads one log from where it ended the last time.

    A log that was archived is a shorter file: it is read from its beginning, and what was told already
    is known by its id.
    """

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self._path = path
        self._offset = place.offset if place else 0
        self._recent: deque[str] = deque(place.recent if place else (), maxlen=_RECENT)
        self._told: frozenset[str] = frozenset()
        self._oldest = ""
        self._repeats = False

    @property
    def place(self) -> Place:
        """Where it stands: another one that is given it goes on from there."""
        return Place(self._offset, tuple(self._recent))

    def __iter__(self) -> Iterator[Read]:
        """What the log gained since the last time; damaged lines have no event.

        Raises:
            Failed: the file is there and cannot be read.
        """
        for read in read_log(self._path, self._offset):
            self._offset = read.end
            if read.anew:
                self._begin_anew()
            if self._is_new(read):
                yield read

    def _begin_anew(self) -> None:
        self._told = frozenset(self._recent)
        self._oldest = sorted(self._told)[_RECENT // 2] if len(self._told) == _RECENT else ""
        self._repeats = True

    def _is_new(self, read: Read) -> bool:
        name = read.event.get("id") if read.event else None
        if not isinstance(name, str):
            return not self._repeats
        if name in self._told or name < self._oldest:
            return False
        self._repeats = False
        self._recent.append(name)
        return True
