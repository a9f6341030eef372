"""Where the workspace begins: records are kept below its root, wherever a command is typed."""

from __future__ import annotations

import os

from codesentinel.model.errors import UsageError

_MARKERS = ("codesentinel.toml", ".git", "pyproject.toml")


def find_workspace(start: str | os.PathLike[str]) -> str:
    """The nearest folder at or above ``start`` with a settings file, else a repository, else a project.

    A folder with none of them is its own workspace. Works on text: every command pays for it, and
    ``pathlib`` costs half a Python start.

    Raises:
        UsageError: when ``start`` is no folder.
    """
    try:
        folder = os.path.realpath(start, strict=True)
    except FileNotFoundError as exc:
        raise UsageError(
            f"no such workspace: {os.fspath(start)}", hint="give --workspace a folder that exists"
        ) from exc
    except (OSError, ValueError) as exc:
        raise UsageError(
            f"the workspace {os.fspath(start)} cannot be used: {getattr(exc, 'strerror', None) or exc}",
            hint="give --workspace a folder that you may enter",
        ) from exc
    if not os.path.isdir(folder):
        raise UsageError(f"the workspace is not a folder: {folder}", hint="give --workspace a folder")
    lineage = [folder]
    while (above := os.path.dirname(lineage[-1])) != lineage[-1]:
        lineage.append(above)
    for marker in _MARKERS:
        for candidate in lineage:
            if os.path.exists(f"{candidate}/{marker}"):  # False also where we may not look
                return candidate
    return folder
