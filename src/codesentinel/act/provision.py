"""Files written for others to read: whole or not at all, and left alone when nothing changed."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.model.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_text(path: Path, text: str, *, mode: int = 0o644) -> bool:
    """Make ``path`` hold ``text``; True when it had to change.

    A reader sees the old file or the new one, never a part, and the new one survives a crash of the
    machine. Missing folders are made. A file that may be read by its owner alone (``mode`` 0o600) is
    never readable by others, not even while it is written, and one that was is tightened.

    Raises:
        Failed: the system did not let us.
    """
    try:
        if read_text(path) == text and not _too_open(path, mode):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(path, mode) as file:
            os.write(file, text.encode())  # a regular file takes it all, or fails
    except OSError as exc:
        raise _failed("write", path, exc) from exc
    return True


def read_text(path: Path) -> str | None:
    """What a file holds; None when there is none, or it is no text.

    Raises:
        Failed: it exists and cannot be read.
    """
    try:
        return path.read_bytes().decode()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    except OSError as exc:
        raise _failed("read", path, exc) from exc


def remove(path: Path) -> None:
    """Remove a file.

    Raises:
        Failed: the system did not let us.
    """
    try:
        path.unlink()
    except OSError as exc:
        raise _failed("remove", path, exc) from exc


@contextlib.contextmanager
def _replacing(path: Path, mode: int) -> Iterator[int]:
    """A file descriptor whose content takes the place of ``path`` when the block ends well."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        try:
            os.fchmod(descriptor, mode)
            yield descriptor
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _too_open(path: Path, mode: int) -> bool:
    return not mode & _OTHERS and bool(path.stat().st_mode & _OTHERS)


def _failed(what: str, path: Path, exc: OSError) -> Failed:
    return Failed(
        f"could not {what} {path}: {exc.strerror or exc}",
        hint="check the owner and mode of its folder, and the space that is left",
    )
