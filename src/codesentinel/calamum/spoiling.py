"""Files of the store that are not what they were: bits flipped, cut off, or something else in their place."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_SHARE = 200  # of so many bytes one is changed
_LAST_EXIT = 4
_UNREADABLE = "/proc/self/mem"
"""A regular file whose first byte answers EIO, to whoever reads it."""


def spoil(stage: Stage, *, paths: Sequence[str], how: str) -> Any:
    """Spoil every file that matches one of the paths, each of which has to match one.

    ``flip``, ``cut`` and ``empty`` change it; ``pipe``, ``folder`` and ``unreadable`` take its place.
    """
    spoilt = []
    for path in paths:
        found = sorted(glob.glob(stage.path(path)))
        if not found:
            raise Broken(f"there is nothing at {path}")
        for name in found:
            _spoil(stage, name, how)
            spoilt.append(os.path.relpath(name, stage.workspace))
    return spoilt


def answers(stage: Stage, *, commands: Sequence[Sequence[str]], timeout_seconds: float = 40.0) -> Any:
    """Of these commands the first that hung, broke down, or answered with a status that means nothing."""
    for words in commands:
        told = stage.program.run([str(word) for word in words], timeout_seconds=timeout_seconds)
        if told["exit"] not in range(_LAST_EXIT + 1) or told["traceback"] or told["defect"]:
            return {"words": " ".join(words), "exit": told["exit"], "told": told["stderr"][-300:]}
    return {}


def _spoil(stage: Stage, path: str, how: str) -> None:
    if how in ("pipe", "folder", "unreadable"):
        os.unlink(path)
        if how == "pipe":
            os.mkfifo(path)
        elif how == "folder":
            os.mkdir(path)
        else:
            os.symlink(_UNREADABLE, path)
        return
    with open(path, "rb") as file:
        content = bytearray(file.read())
    if how == "flip":
        for _ in range(len(content) // _SHARE + 1 if content else 0):
            content[stage.chance.randrange(len(content))] ^= 1 << stage.chance.randrange(8)
    elif how in ("cut", "empty"):
        del content[len(content) // 2 if how == "cut" else 0 :]
    else:
        raise Broken(f"no such way to spoil a file: {how}")
    with open(path, "wb") as file:
        file.write(content)


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (spoil,)}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (answers,)}
