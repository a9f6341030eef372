"""The archive index: a key-value store over all records, whose truth is the log.

Any number of processes read it; one at a time, the holder of ``index.lock``, reads the logs on into
it. Whatever happens to it, it can be made anew.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codesentinel.model.errors import CodesentinelError, CouldNotJudge, Failed
from codesentinel.model.record import CaughtUp, SourceState
from codesentinel.store import archive_read, index_schema, index_sources
from codesentinel.store.collection import no_collection
from codesentinel.store.index_ingest import PROCEDURES, Ingest, forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.store.index_sources import File, Known

_BATCH, _REBUILD_BATCH = 20_000, 250_000
BOUND_BYTES = 64 * 1024 * 1024
"""How much a reading command reads on before it answers."""


class ArchiveIndex:
    """The index of one workspace.

    Args:
        root: the workspace root.
        folder: where the database lies.
    """

    def __init__(self, root: str | os.PathLike[str], folder: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)
        self.folder = os.fspath(folder)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions, within one consistent view.

        Raises:
            CouldNotJudge: there is no index yet.
            Failed: it is damaged.
        """
        connection = index_schema.connect(self.folder)
        if connection is None:
            raise CouldNotJudge("there is no index yet", hint="run `codesentinel memory index rebuild`")
        try:
            connection.execute("PRAGMA query_only=1")
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as exc:
            raise index_schema.damaged(exc) from exc
        finally:
            connection.close()

    def catch_up(self, most_bytes: int = BOUND_BYTES) -> CaughtUp:
        """Read on from where the index stands, at most so much; a busy writer is not waited for.

        Raises:
            Failed: the index is damaged, or cannot be written.
        """
        try:
            with index_schema.writer_lock(self.folder) as mine:
                if not mine:
                    return CaughtUp(0, self.behind_bytes(), busy=True)
                index_schema.remove_strays(self.folder)
                connection = index_schema.connect(self.folder)
                if connection is None:
                    fresh, path = index_schema.new_generation(self.folder)
                    index_schema.publish(self.folder, fresh, path)
                    connection = index_schema.connect(self.folder)
                    assert connection is not None  # noqa: S101 - made a line above, under the lock
                try:
                    added, notes = self._read_on(connection, most_bytes, _BATCH, _nothing)
                finally:
                    connection.close()
        except sqlite3.DatabaseError as exc:
            raise index_schema.damaged(exc) from exc
        except OSError as exc:
            raise Failed(f"the index could not be written: {exc}", hint="mend permissions or space") from exc
        return CaughtUp(added, self.behind_bytes(), busy=False, notes=tuple(notes))

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> CaughtUp:
        """Make the index anew from the logs; readers use the old one until the new one is there.

        ``progress`` is told the bytes read and the bytes to read.

        Raises:
            Failed: another process writes the index, or it cannot be written.
        """
        try:
            with index_schema.writer_lock(self.folder) as mine:
                if not mine:
                    raise Failed("another process is writing the index", hint="try again in a moment")
                index_schema.remove_strays(self.folder)
                connection, path = index_schema.new_generation(self.folder)
                try:
                    self._keep_witnesses(connection)
                    advance = _advancing(progress, self._total_bytes())
                    added, notes = self._read_on(connection, 1 << 62, _REBUILD_BATCH, advance)
                    index_schema.publish(self.folder, connection, path)
                except BaseException:  # also when interrupted: half a generation is of no use
                    connection.close()
                    os.unlink(path)
                    raise
        except sqlite3.DatabaseError as exc:
            raise index_schema.damaged(exc) from exc
        except OSError as exc:
            raise Failed(f"the index could not be written: {exc}", hint="mend permissions or space") from exc
        return CaughtUp(added, self.behind_bytes(), busy=False, notes=tuple(notes))

    def behind_bytes(self) -> int:
        """How many bytes of the logs the index has not seen."""
        connection = index_schema.connect(self.folder)
        try:
            remembered = index_sources.known(connection) if connection else {}
        finally:
            if connection:
                connection.close()
        return index_sources.behind_bytes(self.root, index_sources.files(self.root), remembered)

    def sources(self) -> list[SourceState]:
        """Every file that was read, and how far."""
        found = {file.path: file for file in index_sources.files(self.root)}
        with self.reading() as connection:
            remembered = index_sources.known(connection)
        return [
            SourceState(
                s.path,
                s.kind,
                s.offset,
                s.lines,
                s.rows,
                s.duplicates,
                s.damaged,
                index_sources.behind_bytes(self.root, [found[path]], remembered) if path in found else 0,
            )
            for path, s in remembered.items()
        ]

    def size_bytes(self) -> int:
        """Of the database on the disk."""
        path = os.path.realpath(index_schema.link_path(self.folder))
        names = (path, f"{path}-wal", f"{path}-shm")
        return sum(os.path.getsize(name) for name in names if os.path.exists(name))

    def _read_on(
        self, connection: sqlite3.Connection, most_bytes: int, batch: int, advance: Callable[[int], None]
    ) -> tuple[int, list[str]]:
        """Rows added, and what could not be read."""
        found = index_sources.files(self.root)
        remembered = index_sources.known(connection)
        changed = self._drop_changed(connection, found, remembered)
        if changed:
            remembered = index_sources.known(connection)
        ingest = Ingest(connection, self.root, batch, archive_read.archive_lines)
        added = 0
        notes: list[str] = []
        for file in found:
            source = remembered.get(file.path)
            if source is not None and source.is_as_it_was(file):
                continue
            if file.kind == "archive" and not archive_read.is_readable():
                notes.append(f"{file.path}: not read, DuckDB is not installed (codesentinel[archive])")
                continue
            try:
                source = source or ingest.register(file)
                with no_collection():
                    after, taken = ingest.read_on(source, file, most_bytes, advance)
            except (FileNotFoundError, PermissionError, CodesentinelError) as exc:
                notes.append(f"{file.path}: not read, {getattr(exc, 'strerror', None) or exc}")
                continue
            added += after.rows - source.rows
            most_bytes -= taken
            if most_bytes <= 0:
                break
        return added, notes

    def _drop_changed(
        self, connection: sqlite3.Connection, found: list[File], remembered: dict[str, Known]
    ) -> bool:
        """Forget sources that are gone, were replaced or cut, and those that share lines with others."""
        here = {file.path: file for file in found}
        gone = [s for s in remembered.values() if not self._is_same(here.get(s.path), s)]
        if any(source.rows for source in gone):  # another source may hold the same lines, not counted there
            gone += [s for s in remembered.values() if s.duplicates and s not in gone]
        if any(source.domain == PROCEDURES for source in gone):  # runs have events in several of them
            gone += [s for s in remembered.values() if s.domain == PROCEDURES and s not in gone]
        if gone:
            forget(connection, gone)
        return bool(gone)

    def _is_same(self, file: File | None, source: Known) -> bool:
        if file is None or file.kind != source.kind:
            return False
        if source.is_as_it_was(file) or not source.offset:
            return True
        if source.kind == "archive":
            # no facts yet: it was being read; else it is another file, for archives never change
            return source.inode == file.inode and not source.size
        path = os.path.join(self.root, source.path)
        if source.kind == "log" and source.inode != file.inode:
            return False
        return index_sources.continues(path, source)

    def _keep_witnesses(self, connection: sqlite3.Connection) -> None:
        """What the old index remembers of the heads of the logs outlives it."""
        old = index_schema.connect_quietly(self.folder)
        if old is None:
            return
        try:
            rows = old.execute("SELECT domain, head, offset FROM witnesses").fetchall()
            rows += [(s.domain, s.head, s.offset) for s in index_sources.known(old).values() if _has_head(s)]
            connection.executemany("INSERT OR IGNORE INTO witnesses VALUES (?, ?, ?)", rows)
        except sqlite3.DatabaseError:
            return  # damaged: what it knew is lost
        finally:
            old.close()

    def _total_bytes(self) -> int:
        return sum(file.size for file in index_sources.files(self.root) if file.kind != "archive")


def _has_head(source: Known) -> bool:
    return source.kind == "log" and bool(source.head)


def _advancing(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int], None]:
    done = 0

    def advance(step: int) -> None:
        nonlocal done
        done += step
        if progress:
            progress(min(done, total), total)

    return advance


def _nothing(_: int) -> None:
    return
