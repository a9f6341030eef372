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
    except OSError as exc:
        raise UsageError(f"no such workspace: {start}", hint="give --workspace a folder that exists") from exc
    if not start.is_dir():
        raise UsageError(f"the workspace is not a folder: {start}")
    lineage = (start, *start.parents)
    for marker in _MARKERS:
        for folder in lineage:
            if (folder / marker).exists():
                return folder
    return start
