"""``satellites install-hooks``: an agent's own hooks call us, or do so no longer."""

from __future__ import annotations

import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codesentinel.act.agent_settings import BACKUP, OURS, put_json, put_toml, take_json, take_toml
from codesentinel.act.provision import read_text
from codesentinel.capture.satellites.hooks import VENDORS
from codesentinel.model.errors import UsageError
from codesentinel.model.satellites_views import Hooked
from codesentinel.operations.base import Context, Effect, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES = {"claude": ".claude/settings.json", "codex": ".codex/config.toml", "gemini": ".gemini/settings.json"}
_EVENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "claude": (
        ("PostToolUse", "Skill"),
        ("UserPromptExpansion", ""),
        ("SessionStart", ""),
        ("SessionEnd", ""),
    ),
    "codex": (("PostToolUse", ""), ("UserPromptSubmit", ""), ("SessionEnd", "")),
    "gemini": (("AfterTool", "activate_skill"), ("SessionEnd", "")),
}
"""Event and matcher of each hook; what an agent does not know it passes over."""


def _facts(done: Hooked) -> Mapping[str, str]:
    return {"outcome": done.outcome}


@operation("satellites.install_hooks", Effect.WRITE, metadata=_facts)
def install_hooks(
    context: Context, *, agent: str, user: bool = False, undo: bool = False, command: str = ""
) -> Hooked:
    """Have the hooks of an agent call ``satellites hook``, or take that back; doing it twice changes nothing.

    The settings are those of the workspace, or with ``user`` those of the user. A file that was there is
    kept beside as ``*.codesentinel-backup`` until the hooks are taken out.

    Raises:
        UsageError: no such agent.
        Refused: the settings cannot be changed without losing something; they were not touched.
        Failed: the system did not let us.
    """
    if agent not in VENDORS:
        raise UsageError(f"not an agent: {agent!r}", hint=f"one of {', '.join(VENDORS)}")
    file = ((Path.home() if user else context.root) / _FILES[agent]).resolve()
    called = f"{command or _ourselves(user=user)} {OURS} --agent {agent}"
    if agent == "codex":
        tables = _toml(agent, called, has_features=_has_features(file))
        changed = take_toml(file) if undo else put_toml(file, tables)
    else:
        changed = take_json(file) if undo else put_json(file, _json(agent, called))
    backup = file.with_name(file.name + BACKUP)
    outcome = "unchanged" if not changed else "removed" if undo else "installed"
    kept = context.relative(backup) if backup.exists() else ""
    return Hooked(agent, context.relative(file), outcome, kept, (str(file),) if changed else ())


def _ourselves(*, user: bool) -> str:
    """How a hook's shell finds us: by name in a workspace that others share, by path for one user."""
    if not user:
        return "codesentinel"
    found = shutil.which("codesentinel")
    return shlex.quote(found) if found else f"{shlex.quote(sys.executable)} -m codesentinel"


def _json(agent: str, command: str) -> dict[str, list[dict[str, Any]]]:
    hook = {"type": "command", "command": command}
    hook |= {"name": "codesentinel"} if agent == "gemini" else {}
    return {
        event: [({"matcher": matcher} if matcher else {}) | {"hooks": [hook]}]
        for event, matcher in _EVENTS[agent]
    }


def _toml(agent: str, command: str, *, has_features: bool) -> str:
    lines = [] if has_features else ["[features]", "codex_hooks = true", ""]
    for event, matcher in _EVENTS[agent]:
        lines.append(f"[[hooks.{event}]]")
        lines += [f'matcher = "{matcher}"'] if matcher else []
        quoted = command.replace("\\", "\\\\").replace('"', '\\"')
        lines += [f"[[hooks.{event}.hooks]]", 'type = "command"', f'command = "{quoted}"', ""]
    return "\n".join(lines)


def _has_features(file: Path) -> bool:
    """Whether the user's own settings have a table of features: a second one would be no TOML."""
    text = (read_text(file) or "").partition("# >>> codesentinel")[0]
    try:
        return "features" in tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
