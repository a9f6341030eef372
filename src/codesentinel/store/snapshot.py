"""Files of process snapshots: whole or not there, private, and never written over by accident."""

from __future__ import annotations

import os

from codesentinel.model.errors import Failed, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_IN_ONE_SECOND = 1000


def write_snapshot(
    path: str, lines: Iterable[bytes], *, overwrite: bool = False, numbered: bool = False
) -> str:
    """Write the lines into a new file that only its owner may read; the path that it got.

    Args:
        path: where to write; its folder is made.
        lines: one JSON object each, without newline.
        overwrite: replace a file that is there.
        numbered: where a file is there already, take the next free name: ``x_2.jsonl``, ``x_3.jsonl``.

    Raises:
        UsageError: the file is there, and may neither be replaced nor renamed.
        Failed: it cannot be written; nothing is left behind.
    """
    folder = os.path.dirname(path) or "."
    draft = os.path.join(folder, f".{os.path.basename(path)}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        os.makedirs(folder, exist_ok=True)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with open(fd, "wb") as file:
                file.writelines(line + b"\n" for line in lines)
            if overwrite:
                os.replace(draft, path)
                return path
            return _put(draft, path, numbered=numbered)
        finally:
            _remove(draft)
    except OSError as exc:
        raise Failed(
            f"the snapshot could not be written: {exc.strerror}: {path}",
            hint="name another place with --output",
        ) from exc


def _put(draft: str, path: str, *, numbered: bool) -> str:
    """Give the finished file its name unless it is taken: a hard link never replaces anything."""
    stem, suffix = os.path.splitext(path)
    for number in range(1, _MOST_IN_ONE_SECOND):
        name = path if number == 1 else f"{stem}_{number}{suffix}"
        try:
            os.link(draft, name)
        except FileExistsError:
            if not numbered:
                break
        else:
            return name
    raise UsageError(
        f"there is already a file {path}", hint="name another with --output, or give --overwrite"
    )


def _remove(draft: str) -> None:
    try:
        os.unlink(draft)
    except FileNotFoundError:
        return
