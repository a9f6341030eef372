"""Our hooks in the settings of an agent: put there, and taken out again, with all else as it was.

JSON is read and written with the indentation that it has; where our hooks were the only change since they
were installed, undoing gives back the very bytes. TOML is not rewritten: our tables stand between two
comments at its end.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from codesentinel.act.provision import read_text, remove, write_text
from codesentinel.model.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OURS = "satellites hook"
"""Part of every command line of ours, and of nobody else's."""
BACKUP = ".codesentinel-backup"
_BEGIN, _END = "# >>> codesentinel satellites hook", "# <<< codesentinel satellites hook"
_BLOCK = re.compile(rf"\n?{re.escape(_BEGIN)}\n.*?{re.escape(_END)}\n", re.DOTALL)
_FLAG = "codex_hooks = true  # codesentinel satellites hook\n"


def put_json(path: Path, hooks: Mapping[str, list[dict[str, Any]]]) -> bool:
    """Add hooks to a JSON file; whether it changed.

    Raises:
        Refused: it is no plain JSON object; nothing was touched.
        Failed: the system did not let us.
    """
    text = read_text(path)
    document = _json(path, text)
    without = _without_ours(document)
    table = dict(without.get("hooks") or {})
    for event, entries in hooks.items():
        table[event] = [*table.get(event, []), *entries]
    wanted = {**without, "hooks": table}
    if wanted == document:
        return False
    if text is not None and without == document:
        write_text(_backup(path), text, mode=_mode(path))
    write_text(path, _dumped(wanted, text), mode=_mode(path))
    return True


def take_json(path: Path) -> bool:
    """Take our hooks out of a JSON file; whether it changed.

    Raises:
        Refused: it is no plain JSON object; nothing was touched.
        Failed: the system did not let us.
    """
    text = read_text(path)
    if text is None:
        return False
    document = _json(path, text)
    without = _without_ours(document)
    if without == document:
        return False
    before = read_text(_backup(path))
    if before is not None and _parsed(before) == without:
        write_text(path, before, mode=_mode(path))
    elif not without and before is None:
        remove(path)
    else:
        write_text(path, _dumped(without, text), mode=_mode(path))
    if before is not None:
        remove(_backup(path))
    return True


def put_toml(path: Path, tables: str) -> bool:
    """Add tables to a TOML file, between two comments at its end; whether it changed.

    Raises:
        Refused: it would be no TOML then; nothing was touched.
        Failed: the system did not let us.
    """
    text = read_text(path)
    plain = _without_block(text or "")
    wanted = _with_flag(plain) + ("" if not plain or plain.endswith("\n") else "\n")
    wanted += f"{chr(10) if plain else ''}{_BEGIN}\n{tables}{_END}\n"
    try:
        tomllib.loads(plain)
        tomllib.loads(wanted)
    except tomllib.TOMLDecodeError as exc:
        raise Refused(
            f"{path} cannot take our tables: {exc}", hint=f"add them by hand:\n{tables.rstrip()}"
        ) from exc
    if wanted == text:
        return False
    if text is not None and plain == text:
        write_text(_backup(path), text, mode=_mode(path))
    write_text(path, wanted, mode=_mode(path))
    return True


def take_toml(path: Path) -> bool:
    """Take our tables out of a TOML file; whether it changed.

    Raises:
        Failed: the system did not let us.
    """
    text = read_text(path)
    if text is None or (plain := _without_block(text)) == text:
        return False
    before = read_text(_backup(path))
    if before is not None and before.rstrip("\n") == plain.rstrip("\n"):
        plain = before
    if plain or before is not None:
        write_text(path, plain, mode=_mode(path))
    else:
        remove(path)
    if before is not None:
        remove(_backup(path))
    return True


def _json(path: Path, text: str | None) -> dict[str, Any]:
    document = _parsed(text) if text and text.strip() else {}
    hooks = document.get("hooks", {}) if isinstance(document, dict) else None
    lists = isinstance(hooks, dict) and all(isinstance(entries, list) for entries in hooks.values())
    if not isinstance(document, dict) or not lists:
        raise Refused(
            f"{path} is not changed: it is no plain JSON object with lists of hooks",
            hint="a rewrite would lose comments: add the hooks by hand, see docs/how-to/satellites.md",
        )
    return document


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _without_ours(document: dict[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for event, entries in document.get("hooks", {}).items():
        kept = [one for one in (_entry_without_ours(entry) for entry in entries) if one is not None]
        if kept or not entries:
            table[event] = kept
    without = {**document, "hooks": table}
    if not table and document.get("hooks"):
        del without["hooks"]
    return without if "hooks" in document else document


def _entry_without_ours(entry: Any) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("hooks"), list):
        return entry
    kept = [one for one in entry["hooks"] if not (isinstance(one, dict) and OURS in str(one.get("command")))]
    if len(kept) == len(entry["hooks"]):
        return entry
    return {**entry, "hooks": kept} if kept else None


def _dumped(document: dict[str, Any], like: str | None) -> str:
    """JSON, indented as the text before it was."""
    found = re.search(r"\n([ \t]+)\"", like or "")
    indent: str | int = found[1] if found else 2
    return json.dumps(document, indent=indent, ensure_ascii=False) + (
        "" if like and like[-1:] != "\n" else "\n"
    )


def _without_block(text: str) -> str:
    return _BLOCK.sub("", text).replace(_FLAG, "")


def _with_flag(text: str) -> str:
    """The text with the flag that turns hooks on, where it has a table of features that does not say."""
    head = re.search(r"(?m)^\[features\][ \t]*(?:#.*)?\n", text)
    if not head or re.search(r"(?m)^\s*codex_hooks\s*=", text):
        return text
    return text[: head.end()] + _FLAG + text[head.end() :]


def _backup(path: Path) -> Path:
    return path.with_name(path.name + BACKUP)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o644
