"""Files that nobody should have to read: deep, huge, binary, of no text, or a way to somewhere else."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_MIB = 1 << 20


def write_hostile(stage: Stage, *, path: str, what: str, share: float = 1.0) -> Any:
    """Write a file of the workspace with a content that is called so; how many bytes it has."""
    if what not in CONTENTS:
        raise Broken(f"no content is called {what!r}; known: {', '.join(CONTENTS)}")
    full = stage.path(path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(CONTENTS[what](share))
        return file.tell()


def link(stage: Stage, *, path: str, to: str) -> Any:
    """A symbolic link in the workspace."""
    full = stage.path(path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    os.symlink(to, full)
    return to


def add_to_file(stage: Stage, *, path: str, text: str) -> Any:
    """A file as it was when this was called first, and one line more; without one, as it was."""
    kept: dict[str, bytes] = stage.names.setdefault("files", {})
    full = stage.path(path)
    if path not in kept:
        with open(full, "rb") as file:
            kept[path] = file.read()
    with open(full, "wb") as file:
        file.write(kept[path] + (f"{text}\n".encode() if text else b""))
    return path


def remove(stage: Stage, *, path: str) -> Any:
    """A file is there no more."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(stage.path(path))
    return path


def _times(piece: bytes, share: float) -> bytes:
    return piece * int(share * _MIB / len(piece))


CONTENTS: dict[str, Callable[[float], bytes]] = {
    "depth": lambda share: _times(b"[", share / 2) + _times(b"]", share / 2) + b"\n",
    "nul": lambda share: _times(b"\0", share) + b"\n",
    "every_byte": lambda share: _times(bytes(range(256)), share) + b"\n",
    "one_line": lambda share: b'{"kind":"' + _times(b"a", share) + b'"}\n',
    "no_text": lambda share: _times(b"# Procedures\n\n## PROC-1\n\xff\xfe\xc3\x28", share) + b"\n",
    "quotes": lambda share: _times(b"> ", share) + b"\n",
    "lists": lambda share: b"".join(b" " * (2 * n) + b"- x\n" for n in range(int(1000 * share))),
    "emphasis": lambda share: _times(b"**a _b ", share) + b"\n",
    "brackets": lambda share: _times(b"[a](", share) + b"\n",
    "fences": lambda share: _times(b"```\n~~~\n", share),
    "headings": lambda share: _times(b"## PROC-1: x\n", share),
    "front_matter": lambda share: b"---\n" + _times(b"a: &a [*a, *a]\n", share),
    "backticks": lambda share: b"".join(b"`" * (n % 400) + b" " for n in range(int(5000 * share))) + b"\n",
}
"""By their names, of about so many mebibytes."""

ACTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (write_hostile, link, add_to_file, remove)
}
