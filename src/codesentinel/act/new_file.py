"""A large file, written bit by bit: it gets its name when it is whole, and replaces nothing unasked."""

from __future__ import annotations

import contextlib
import os
from typing import IO, TYPE_CHECKING

from codesentinel.model.errors import Failed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUFFER_BYTES = 1 << 20


def check_free(path: str, *, overwrite: bool) -> None:
    """See that a file may get this name, before long work is done for it.

    Raises:
        Refused: there is one already.
        Failed: there is no such folder, or it may not be written into.
    """
    if os.path.lexists(path) and not overwrite:
        raise Refused(f"{path} is there already", hint="choose another name, or say --overwrite")
    if os.path.isdir(path):
        raise Failed(f"{path} is a folder", hint="name a file")
    folder = os.path.dirname(os.path.abspath(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failed(f"nothing can be written into {folder}", hint="choose another place")


def draft_of(path: str) -> str:
    """The name of a file while it is not whole; beside the other, so that it can take its place."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(folder, f".{name}.{os.getpid()}.draft")


@contextlib.contextmanager
def drafted(path: str) -> Iterator[IO[bytes]]:
    """A file to write into; gone when the block fails.

    Raises:
        Failed: the system did not let us.
    """
    try:
        with open(path, "xb", buffering=_BUFFER_BYTES) as file:
            yield file
    except OSError as exc:
        forget(path)
        raise Failed(f"could not write {path}: {exc.strerror or exc}", hint="is there space left?") from exc
    except BaseException:
        forget(path)
        raise


def publish(draft: str, path: str, *, overwrite: bool) -> None:
    """Give a whole file its name, once it is on the disk.

    Raises:
        Refused: somebody else has made one of this name meanwhile.
        Failed: the system did not let us.
    """
    try:
        _sync(draft)
        if overwrite:
            os.replace(draft, path)
        else:
            os.link(draft, path)  # never replaces anything
            os.unlink(draft)
        _sync(os.path.dirname(os.path.abspath(path)))
    except FileExistsError as exc:
        forget(draft)
        raise Refused(f"{path} was made meanwhile", hint="choose another name, or say --overwrite") from exc
    except OSError as exc:
        forget(draft)
        raise Failed(f"could not write {path}: {exc.strerror or exc}") from exc


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget(path: str) -> None:
    """Remove a draft, where there is one."""
    with contextlib.suppress(OSError):
        os.unlink(path)
