"""The files of the archive index: the database, its generations, and the lock of its one writer.

``index.sqlite`` is a symbolic link to the generation in use. A rebuild makes a new generation and
turns the link: readers go on in the one they have open, and no write-ahead log ever meets a database
that it was not written for.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from codesentinel.model.errors import Failed
from codesentinel.store.procedure_schema import TABLES as PROCEDURE_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
_PAGE_BYTES = 8192
_CACHE_KIBIBYTES = 262144
_PATIENCE_SECONDS = 10.0

_TABLES = """
CREATE TABLE records (
    key TEXT NOT NULL PRIMARY KEY, source INTEGER NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL,
    success INTEGER
) WITHOUT ROWID;
CREATE TABLE sources (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, domain TEXT NOT NULL,
    inode INTEGER NOT NULL, modified_ns INTEGER NOT NULL, size INTEGER NOT NULL, offset INTEGER NOT NULL,
    tail BLOB NOT NULL, lines INTEGER NOT NULL, rows INTEGER NOT NULL, duplicates INTEGER NOT NULL,
    damaged INTEGER NOT NULL
);
CREATE TABLE counts (
    grp TEXT NOT NULL PRIMARY KEY, domain TEXT NOT NULL, action TEXT NOT NULL, records INTEGER NOT NULL,
    failures INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE witnesses (
    domain TEXT NOT NULL, head TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (domain, head)
) WITHOUT ROWID;
"""


def link_path(folder: str) -> str:
    """The database, whichever its generation."""
    return os.path.join(folder, "index.sqlite")


def connect(folder: str) -> sqlite3.Connection | None:
    """The index in use; None where there is none, or one of another version of the schema."""
    path = ""
    while True:
        known, path = path, os.path.realpath(link_path(folder))
        if not os.path.isfile(path):
            return None
        try:
            return _of_this_version(path)
        except sqlite3.DatabaseError as exc:
            if path == known:  # else a rebuild turned the link, and removed this one, between the two looks
                raise damaged(exc) from exc


def _of_this_version(path: str) -> sqlite3.Connection | None:
    connection = _opened(path, mode="rw")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            connection.execute("PRAGMA synchronous=NORMAL")
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def new_generation(folder: str) -> tuple[sqlite3.Connection, str]:
    """A fresh database that nobody sees until :func:`publish`, written without any journal."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"index-{os.urandom(4).hex()}.sqlite")
    connection = _opened(path, mode="rwc")
    connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
    connection.executescript(_TABLES + PROCEDURE_TABLES)
    connection.execute(f"PRAGMA user_version={VERSION}")
    return connection, path


def publish(folder: str, connection: sqlite3.Connection, path: str) -> None:
    """Bring a finished generation to the disk and turn the link to it.

    The old one stays until somebody next writes, for readers that are just opening it.
    """
    connection.execute("PRAGMA locking_mode=NORMAL")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    _sync(path)
    draft = f"{link_path(folder)}.{os.getpid()}"
    if os.path.lexists(draft):
        os.unlink(draft)
    os.symlink(os.path.basename(path), draft)
    os.replace(draft, link_path(folder))
    _sync(folder)


def remove_strays(folder: str) -> None:
    """Remove every generation but the one in use; only the writer may."""
    kept = os.path.basename(os.path.realpath(link_path(folder)))
    for name in os.listdir(folder):
        if name.startswith("index-") and ".sqlite" in name and not name.startswith(kept):
            os.unlink(os.path.join(folder, name))


def connect_quietly(folder: str) -> sqlite3.Connection | None:
    """As :func:`connect`, and None also for a damaged index."""
    try:
        return connect(folder)
    except Failed:
        return None


@contextmanager
def writer_lock(folder: str) -> Iterator[bool]:
    """Whether we are the one writer while inside; never waits."""
    os.makedirs(folder, exist_ok=True)
    fd = os.open(os.path.join(folder, "index.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = True
        except BlockingIOError:
            mine = False
        yield mine
    finally:
        os.close(fd)


def damaged(exc: sqlite3.Error) -> Failed:
    """The error for a database that SQLite refuses."""
    return Failed(
        f"the archive index cannot be used: {exc}",
        hint="`codesentinel memory index rebuild` makes it anew from the log",
    )


def _opened(path: str, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(path)}?mode={mode}"
    return sqlite3.connect(address, timeout=_PATIENCE_SECONDS, isolation_level=None, uri=True)


def _sync(path: str) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
