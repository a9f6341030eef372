"""What the hooks of Claude Code, Codex CLI and Gemini CLI say on standard input.

A hook says that a skill was *loaded*, or that a session ended; that a procedure worked none of them says.
Fields that are not known are passed over, and so is whatever is not of the shape that was expected. Prompts
and answers are not looked at, but for the names of skills that a prompt to Codex mentions.

Reading is quick: this runs beside every tool that an agent uses, and imports next to nothing.
"""

from __future__ import annotations

import os

from codesentinel.model.loaded import Loaded, SessionEnd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VENDORS = ("claude", "codex", "gemini")
_LONGEST = 200
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/ ")
_SKILL_FOLDERS = (".claude/skills", ".codex/skills", ".agents/skills", ".gemini/skills")
_AFTER = frozenset(("PreToolUse", "PostToolUse", "AfterTool"))
_MOST_HEAD_BYTES = 4096


def hook_events(payload: Mapping[str, Any], vendor: str = "") -> list[Loaded | SessionEnd]:
    """What one call of a hook tells; nothing for most."""
    event = _text(payload, "hook_event_name")
    vendor = vendor if vendor in VENDORS else _vendor(payload, event)
    session = _text(payload, "session_id")
    if event == "SessionEnd":
        ended = SessionEnd(session, vendor, _text(payload, "reason"))
        return [ended] if ended.agent_session else []
    names, trigger = _names(payload, event, vendor)
    return [
        Loaded(
            skill=name,
            vendor=vendor,
            agent_session=session,
            source="hook",
            trigger=trigger,
            model=_text(payload, "model"),
            tool_use_id=_text(payload, "tool_use_id"),
            prompt_id=_text(payload, "prompt_id") or _text(payload, "turn_id"),
        )
        for name in names
    ]


def named(value: object) -> str:
    """A name of a skill, or nothing: short, and of characters that names have."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not _NAME.issuperset(value):
        return ""
    return value.strip()


def skill_file(folders: tuple[str, ...], name: str) -> str:
    """The SKILL.md of a skill below the first folder that has it; empty where none does."""
    if name and "/" not in name and name.strip("."):
        for folder in folders:
            for skills in _SKILL_FOLDERS:
                path = os.path.join(folder, skills, name, "SKILL.md")
                if os.path.isfile(path):
                    return path
    return ""


def exported(path: str) -> tuple[str, str]:
    """The procedure, and its version, that a SKILL.md was made from; empty where it was not."""
    try:
        with open(path, "rb") as file:
            head = file.read(_MOST_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return "", ""
    found = {}
    for line in head.partition("\n---")[0].split("\n"):
        key, _, value = line.strip().partition(":")
        found[key] = value.strip().strip("\"'")
    return found.get("codesentinel-id", "")[:_LONGEST], found.get("codesentinel-version", "")[:_LONGEST]


def _names(payload: Mapping[str, Any], event: str, vendor: str) -> tuple[list[str], str]:
    """The skills that were loaded, and who asked for them."""
    tool, given = _text(payload, "tool_name"), payload.get("tool_input")
    given = given if isinstance(given, dict) else {}
    if event in _AFTER:
        if tool in ("Skill", "activate_skill", "skill"):
            name = named(given.get("skill")) or named(given.get("name")) or named(given.get("command"))
            return [name] if name else [], "agent"
        if vendor == "codex":
            return _read_by_shell(given), "agent"
    if event == "UserPromptExpansion":
        name = named(payload.get("command_name"))
        return [name] if name else [], "user"
    if event == "UserPromptSubmit" and vendor == "codex":
        return _mentioned(payload), "user"
    if event == "InstructionsLoaded":
        name = named(payload.get("file_path"))
        return [os.path.relpath(name, _text(payload, "cwd") or "/")] if name else [], "instructions"
    return [], ""


def _read_by_shell(given: Mapping[str, Any]) -> list[str]:
    """Codex loads a skill by reading its file with a command."""
    command = given.get("command")
    words = command if isinstance(command, list) else [command]
    text = " ".join(word for word in words if isinstance(word, str))[:10_000]
    found = []
    for part in text.split("/SKILL.md")[:-1]:
        folder, slash, name = part.rpartition("/")
        if slash and folder.endswith("skills") and named(name) and name not in found:
            found.append(name)
    return found


def _mentioned(payload: Mapping[str, Any]) -> list[str]:
    """Codex is given a skill by ``$name`` in a prompt; only names of skills that there are count."""
    prompt, cwd = payload.get("prompt"), _text(payload, "cwd")
    if not isinstance(prompt, str) or "$" not in prompt:
        return []
    folders = (cwd, os.path.expanduser("~"))
    names = []
    for word in prompt[:100_000].split("$")[1:21]:
        name = word.split(None, 1)[0].strip("`'\".,;:!?()[]*") if word[:1].strip() else ""
        if named(name) and name not in names and skill_file(folders, name):
            names.append(name)
    return names


def _vendor(payload: Mapping[str, Any], event: str) -> str:
    """Whose hook it is, where nobody said so."""
    if event in ("AfterTool", "BeforeTool", "BeforeAgent", "AfterAgent"):
        return "gemini"
    transcript = _text(payload, "transcript_path")
    for vendor in VENDORS:
        if f"/.{vendor}/" in transcript:
            return vendor
    return "codex" if "turn_id" in payload else "claude"


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""
