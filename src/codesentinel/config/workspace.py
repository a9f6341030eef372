"""Where the workspace begins: records are kept below its root, wherever a command is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_MARKERS = ("codesentinel.toml", ".git", "pyproject.toml")


def find_workspace(start: Path) -> Path:
    """The nearest folder at or above ``start`` with a settings file, else a repository, else a project.

    A folder with none of them is its own workspace.

    Raises:
        UsageError: when ``start`` is no folder.
    """
    try:
        start = start.resolve(strict=True)
    except FileNotFoundError as exc:
        raise UsageError(f"no such workspace: {start}", hint="give --workspace a folder that exists") from exc
    except (OSError, RuntimeError) as exc:  # RuntimeError: links that go in a circle
        reason = getattr(exc, "strerror", "") or "its links go in a circle"
        raise UsageError(
            f"the workspace {start} cannot be used: {reason}",
            hint="give --workspace a folder that you may enter",
        ) from exc
    if not start.is_dir():
        raise UsageError(f"the workspace is not a folder: {start}", hint="give --workspace a folder")
    lineage = (start, *start.parents)
    for marker in _MARKERS:
        for folder in lineage:
            if _has(folder, marker):
                return folder
    return start


def _has(folder: Path, marker: str) -> bool:
    try:
        return (folder / marker).exists()
    except OSError:  # a folder above that we may not look into
        return False
