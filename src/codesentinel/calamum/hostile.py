"""Files that nobody should have to read: deep, huge, binary, of no text, or a way to somewhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_MIB = 1 << 20


def write_hostile(stage: Stage, *, path: str, what: str, mib: int = 1) -> Any:
    """Write a file of the workspace with a content that is called so; how many bytes it has."""
    if what not in CONTENTS:
        raise Broken(f"no content is called {what!r}; known: {', '.join(CONTENTS)}")
    full = stage.path(path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(CONTENTS[what](mib))
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


def content(what: str, mib: int = 1) -> bytes:
    """The bytes of that name."""
    return CONTENTS[what](mib)


def _depth(mib: int) -> bytes:
    return b"[" * (mib * _MIB // 2) + b"]" * (mib * _MIB // 2) + b"\n"


CONTENTS: dict[str, Callable[[int], bytes]] = {
    "depth": _depth,
    "nul": lambda mib: b"\0" * (mib * _MIB) + b"\n",
    "every_byte": lambda mib: bytes(range(256)) * (mib * _MIB // 256) + b"\n",
    "one_line": lambda mib: b'{"kind":"' + b"a" * (mib * _MIB) + b'"}\n',
    "no_text": lambda mib: b"# Procedures\n\n## PROC-1\n\xff\xfe\xc3\x28" * (mib * _MIB // 32) + b"\n",
    "quotes": lambda mib: b"> " * (mib * _MIB // 2) + b"\n",
    "lists": lambda mib: b"".join(b" " * (2 * n) + b"- x\n" for n in range(1000 * mib)),
    "emphasis": lambda mib: b"**a _b " * (mib * _MIB // 7) + b"\n",
    "brackets": lambda mib: b"[a](" * (mib * _MIB // 4) + b"\n",
    "fences": lambda mib: b"```\n~~~\n" * (mib * _MIB // 8),
    "headings": lambda mib: b"## PROC-1: x\n" * (mib * _MIB // 13),
    "front_matter": lambda mib: b"---\n" + b"a: &a [*a, *a]\n" * (mib * _MIB // 15),
    "backticks": lambda mib: b"".join(b"`" * (n % 400) + b" " for n in range(mib * 5000)) + b"\n",
}
"""By their names."""

ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (write_hostile, link, add_to_file)}
