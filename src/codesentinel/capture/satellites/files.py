"""Which files of a workspace are satellites: found by name, each file once."""

from __future__ import annotations

import os
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 1_000_000
"""A file beyond this instructs nobody; it is not read."""

_BY_FOLDER = {
    "AGENT_INSTRUCTIONS.md": "agent-instructions",
    "AGENTS.md": "agents",
    "CLAUDE.md": "claude",
    "GEMINI.md": "gemini",
    "copilot-instructions.md": "copilot",
}
WHOLE = frozenset(("skill", "command", "prompt"))
"""Kinds of files that are one procedure."""

_LEFT_OUT = frozenset(
    "node_modules site-packages __pycache__ .git .hg .svn .venv venv .tox .nox .mypy_cache .ruff_cache"
    " .pytest_cache .codesentinel target".split()
)
_GENERATED = "codesentinel-id:"


class File(NamedTuple):
    """A satellite's file: ``path`` relative to the root, ``names`` what it may be called, best first.

    ``text`` is None where it cannot be read as text; ``problem`` says why.
    """

    path: str
    kind: str
    names: tuple[str, ...]
    text: str | None
    problem: str = ""


def satellite_files(root: str) -> Iterator[File]:
    """Every instruction file below ``root``, by path; links and one-line imports of another are left out."""
    seen: set[str] = set()
    for path, kind in sorted(_candidates(root), key=_precedence):
        whole = os.path.join(root, path)
        real = os.path.realpath(whole)
        if real in seen or (os.path.islink(whole) and kind_of(os.path.relpath(real, root))):
            continue
        seen.add(real)
        text, problem = _read(whole) if _is_below(real, root) else (None, "leads out of the workspace")
        if text is None or not _leads_elsewhere(text):
            yield File(path, kind, names_of(path, kind), text, problem)


def kind_of(path: str) -> str:
    """The kind of satellite that a path, relative to the root, names; empty for none."""
    parts = PurePosixPath(path).parts
    name, above = parts[-1], parts[-2] if len(parts) > 1 else ""
    if name in _BY_FOLDER:
        return _BY_FOLDER[name]
    if name == "SKILL.md":
        return "skill"
    if name.endswith(".mdc") and above and "rules" in parts:
        return "cursor"
    if name.endswith(".instructions.md"):
        return "instructions"
    if name.endswith(".prompt.md") or (name.endswith(".md") and above == "prompts" and ".codex" in parts):
        return "prompt"
    if "commands" in parts[:-1] and name != "README.md":
        hidden = any(part.startswith(".") and part not in (".", "..") for part in parts[:-1])
        is_plugin = "plugins" in parts or "plugin" in parts
        if name.endswith(".toml") and hidden:
            return "command"
        return "command" if name.endswith(".md") and (hidden or is_plugin) else ""
    return ""


def names_of(path: str, kind: str) -> tuple[str, ...]:
    """What a satellite may be called: its folder's name, or its own where a folder holds many."""
    pure = PurePosixPath(path)
    stem = pure.name.split(".")[0]
    folder = [part.lstrip(".") for part in pure.parent.parts]
    if kind in ("cursor", "instructions", "prompt", "command"):
        own, long = stem, "/".join((*folder, stem))
    elif kind == "copilot":
        own, long = "copilot", "/".join((*folder, "copilot"))
    else:
        own, long = (folder[-1] if folder else "root"), "/".join(folder) or "root"
    return tuple(dict.fromkeys((own, long, f"{own}-{kind}", f"{long}/{stem}-{kind}")))


def command_prompt(text: str) -> tuple[str, str]:
    """Description and prompt of a command in TOML; the text itself where it is none."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return "", text
    return str(found.get("description") or ""), str(found.get("prompt") or text)


def _candidates(root: str) -> Iterator[tuple[str, str]]:
    for folder, below, names in os.walk(root):
        below[:] = sorted(d for d in below if d not in _LEFT_OUT and not _is_environment(folder, d))
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if kind := kind_of(path):
                yield path, kind


def _precedence(one: tuple[str, str]) -> tuple[bool, int, str]:
    """Who gets a short name first: what is instructions and nothing else, then what lies higher."""
    path, kind = one
    return kind != "agent-instructions", path.count("/"), path


def _is_environment(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))


def _is_below(real: str, root: str) -> bool:
    """Whether a file is of the workspace: what lies elsewhere is shown, exported and shipped by nobody."""
    own = os.path.realpath(root)
    return os.path.commonpath((own, real)) == own


def _read(path: str) -> tuple[str | None, str]:
    try:
        if not os.path.isfile(path):
            return None, "is no regular file"
        if os.path.getsize(path) > MOST_BYTES:
            return None, f"is longer than {MOST_BYTES} bytes"
        with open(path, "rb") as file:
            raw = file.read(MOST_BYTES)
    except OSError as exc:
        return None, exc.strerror or "cannot be read"
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return None, "is no UTF-8"


def _leads_elsewhere(text: str) -> bool:
    """Whether it only imports another file, or was made from one by ``satellites export-skills``."""
    words = text.split()
    return (len(words) == 1 and words[0].startswith("@")) or (
        text.startswith("---") and _GENERATED in text[:4000].partition("\n---")[0]
    )
