"""What Claude Code's transcripts say was loaded: JSON lines below ``~/.claude/projects``."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from codesentinel.capture.satellites.hooks import named
from codesentinel.model.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TELLS = (b'"Skill"', b'"attributionSkill"')
_LONGEST_LINE = 8_000_000


def transcripts(folder: Path) -> list[Path]:
    """Every transcript below a folder, in the order of their names."""
    return sorted(path for path in folder.rglob("*.jsonl") if path.is_file())


def loaded_in(path: Path, root: str) -> Iterator[Loaded]:
    """Each skill that a transcript says was loaded while the agent worked below ``root``.

    A skill that a person asked for has no call of a tool: it is told once a session. Lines that are no
    JSON, and files that cannot be read, tell nothing.
    """
    told: set[str] = set()
    try:
        with path.open("rb") as file:
            for line in file:
                if len(line) <= _LONGEST_LINE and any(word in line for word in _TELLS):
                    yield from _of_line(line, root, told)
    except OSError:
        return


def _of_line(line: bytes, root: str, told: set[str]) -> Iterator[Loaded]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return
    if not isinstance(entry, dict) or not _is_below(entry.get("cwd"), root):
        return
    message = entry.get("message")
    message = message if isinstance(message, dict) else {}
    content = message.get("content")
    session = named(entry.get("sessionId"))
    for part in content if isinstance(content, list) else ():
        given = part.get("input") if isinstance(part, dict) and part.get("name") == "Skill" else None
        if isinstance(given, dict) and (skill := named(given.get("skill") or given.get("command"))):
            told.add(skill)
            yield _loaded(entry, message, skill, session=session, call=named(part.get("id")), trigger="agent")
    skill = named(entry.get("attributionSkill"))
    if skill and skill not in told:
        told.add(skill)
        yield _loaded(entry, message, skill, session=session, call=f"{session}:{skill}", trigger="user")


def _loaded(
    entry: Mapping[str, Any], message: Mapping[str, Any], skill: str, *, session: str, call: str, trigger: str
) -> Loaded:
    return Loaded(
        skill,
        "claude",
        agent_session=session,
        source="transcript",
        trigger=trigger,
        model=named(message.get("model")),
        tool_use_id=call,
        at=named(entry.get("timestamp")),
    )


def _is_below(folder: object, root: str) -> bool:
    if not isinstance(folder, str) or not folder.startswith("/"):
        return False
    real = os.path.realpath(folder)
    return real == root or real.startswith(f"{root}/")
