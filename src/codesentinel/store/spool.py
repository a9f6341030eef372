"""What was read from logs and is not delivered yet, as the very objects that the store gets.

The state says up to where each log was read, and the number of the last object spooled. It is written
after the objects: one with a higher number is of a run that was killed in between, so that it is removed, and
its lines are read again. The name of an object is fixed with its number: sent again, it replaces itself.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.errors import Failed
from codesentinel.store.log_source import Mark
from codesentinel.store.object_names import ROOT, name_of, number_of, partition_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codesentinel.store.event_table import Dated

_VERSION = 1
_WORDS = 6  # in the name of a file: number, rows, and what the name of the object is made of


class Spooled(NamedTuple):
    """One object on the disk: its name in the store, the rows in it, and its size."""

    number: int
    file: str
    name: str
    rows: int
    size: int


class Spool:
    """The objects and the state below one folder. One process at a time: its caller holds a lock.

    Args:
        folder: made where it is missing.

    Raises:
        Failed: it cannot be read or written.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._objects = os.path.join(folder, "objects")
        self._state = os.path.join(folder, "state.json")
        self._lock = threading.Lock()
        try:
            os.makedirs(self._objects, mode=0o700, exist_ok=True)
            kept = _read_state(self._state)
            self.epoch: str = kept.get("epoch") or os.urandom(6).hex()
            self._number = int(kept.get("number", 0))
            self.marks: dict[str, Mark] = {
                domain: Mark.of_document(one) for domain, one in kept.get("marks", {}).items()
            }
            self._waiting = self._found()
        except OSError as exc:
            raise _failed(folder, exc) from exc

    @property
    def size_bytes(self) -> int:
        """Of what waits to be delivered."""
        with self._lock:
            return sum(one.size for one in self._waiting)

    @property
    def rows(self) -> int:
        """Records that wait to be delivered."""
        with self._lock:
            return sum(one.rows for one in self._waiting)

    @property
    def number(self) -> int:
        """Of the last object that was put."""
        return self._number

    def put(self, log: str, of: tuple[str, str], tables: Iterable[Dated], mark: Mark) -> None:
        """Keep these objects of a domain and a host, and then that ``log`` was read up to ``mark``.

        Raises:
            Failed: they could not be kept; the log counts as read up to where it was.
        """
        put, number = [], self._number
        try:
            for table in tables:
                number += 1
                name = name_of(of[0], table.date, of[1], self.epoch, number)
                file = os.path.join(self._objects, _entry(number, table.rows, name))
                _write(file, table.content)
                put.append(Spooled(number, file, name, table.rows, len(table.content)))
            if put:
                _sync(self._objects)
            self._remember(number, {**self.marks, log: mark})
        except OSError as exc:
            raise _failed(self._folder, exc) from exc
        self._number = number
        self.marks[log] = mark
        with self._lock:
            self._waiting += put

    def oldest(self) -> Spooled | None:
        """What is to be delivered next."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def delivered(self, one: Spooled) -> None:
        """The store has it: forget it."""
        with self._lock:
            self._waiting.remove(one)
        try:
            os.unlink(one.file)
        except FileNotFoundError:
            return
        except OSError as exc:
            raise _failed(self._folder, exc) from exc

    def _remember(self, number: int, marks: Mapping[str, Mark]) -> None:
        kept = {
            "version": _VERSION,
            "epoch": self.epoch,
            "number": number,
            "marks": {domain: mark.as_document() for domain, mark in marks.items()},
        }
        _write(self._state, json.dumps(kept).encode())
        _sync(self._folder)

    def _found(self) -> list[Spooled]:
        """What earlier runs left, oldest first; what the state does not know of is removed."""
        found = []
        for entry in sorted(os.listdir(self._objects)):
            file, told = os.path.join(self._objects, entry), _told(entry)
            if told and number_of(told[0]) == (self.epoch, told[2]) and told[2] <= self._number:
                found.append(Spooled(told[2], file, told[0], told[1], os.path.getsize(file)))
            else:  # half written, or of a state that was removed: its lines are read again
                os.unlink(file)
        return found


def look_into(folder: str) -> tuple[dict[str, Mark], int, int]:
    """Where the logs were read up to, and how many records and bytes wait, while others may work there.

    Raises:
        Failed: it cannot be read.
    """
    rows = size = 0
    objects = os.path.join(folder, "objects")
    try:
        kept = _read_state(os.path.join(folder, "state.json"))
        for entry in os.listdir(objects) if os.path.isdir(objects) else ():
            if told := _told(entry):
                rows, size = rows + told[1], size + os.path.getsize(os.path.join(objects, entry))
    except OSError as exc:
        raise _failed(folder, exc) from exc
    return {log: Mark.of_document(one) for log, one in kept.get("marks", {}).items()}, rows, size


def _read_state(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            kept = json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or kept.get("version") != _VERSION:
        raise Failed(
            f"{path} says nothing that this version understands",
            hint="remove it: everything is read and sent again, and readers take each event once",
        )
    return kept


def _entry(number: int, rows: int, name: str) -> str:
    """The name of a file that tells the name of its object."""
    _, domain, date, host, own = name.split("/")
    words = (f"{number:010d}", str(rows), domain, date, host, own)
    return "~".join(word.rpartition("=")[2] for word in words)


def _told(entry: str) -> tuple[str, int, int] | None:
    """The opposite: the name of the object, its rows and its number."""
    words = entry.split("~")
    if len(words) != _WORDS or not (words[0].isdecimal() and words[1].isdecimal()):
        return None
    name = f"{ROOT}/domain={words[2]}/date={words[3]}/host={words[4]}/{words[5]}"
    return (name, int(words[1]), int(words[0])) if partition_of(name) else None


def _write(path: str, content: bytes) -> None:
    """Write a file whole or not at all, and onto the disk."""
    draft = f"{path}.draft"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)
    os.replace(draft, path)


def _sync(folder: str) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _failed(folder: str, exc: OSError) -> Failed:
    return Failed(
        f"the buffer {folder} cannot be used: {exc.strerror or exc}", hint="free space, or mend permissions"
    )
