"""The texts of files that somebody named, or of all that lie below the folders that somebody named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.model.errors import Failed, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LARGEST_BYTES = 32 * 1024 * 1024
_SKIPPED_FOLDERS = frozenset(("node_modules", "__pycache__", "venv"))


def files_below(paths: Sequence[Path], endings: Sequence[str]) -> list[Path]:
    """The files named, and those with these endings below the folders named; hidden ones are passed over.

    Raises:
        UsageError: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path, tuple(endings))))
        elif path.exists():
            found[path] = None
        else:
            raise UsageError(f"no such file or folder: {path}")
    return list(found)


def text_of(path: Path) -> str | None:
    """What a file holds; None where it is no text, or larger than any file of its kind.

    Raises:
        Failed: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as exc:
        raise Failed(
            f"could not read {path}: {exc.strerror or exc}", hint="check its owner and mode"
        ) from exc
    try:
        return content.decode("utf-8-sig") if len(content) <= _LARGEST_BYTES else None
    except UnicodeDecodeError:
        return None


def _walk(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(parent, name)
            if name.endswith(endings) and not name.startswith(".") and path.is_file():
                yield path
