"""``satellites hook``: what an agent's hook says goes into the log, quickly, and whatever it is.

It stands in an agent's way, so that it imports little, reads no settings, and waits for nothing.
"""

from __future__ import annotations

import json
import os

from codesentinel.act.deadline import Within
from codesentinel.capture.satellites.hooks import hook_events
from codesentinel.config.workspace import find_workspace
from codesentinel.operations.satellites.loaded import log_signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MOST_BYTES = 1_000_000
"""What is longer is taken off the pipe and not looked at: no skill's name needs so much."""
_LONGEST_SECONDS = 2.0
_DRAINED_BYTES = 64_000_000
_SESSION = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def take_hook(source: int, *, workspace: str = "", vendor: str = "") -> int:
    """Log what a hook says on the descriptor ``source``; how many events that were.

    Raises:
        TimeoutError: it took longer than two seconds.
        Exception: whatever else; the caller forgets it.
    """
    with Within(_LONGEST_SECONDS):
        payload = _payload(source)
        if payload is None:
            return 0
        _tell_shell(payload)
        found = hook_events(payload, vendor)
        if not found:
            return 0
        cwd = payload.get("cwd")
        here = cwd if isinstance(cwd, str) and os.path.isdir(cwd) else "."
        root = find_workspace(workspace or here)
        return sum(log_signal(root, event, here) for event in found)


def _payload(source: int) -> Mapping[str, Any] | None:
    """The document on the pipe, which is read to its end, so that nobody's write fails."""
    parts, total = [], 0
    while total < _DRAINED_BYTES and (part := os.read(source, 1 << 18)):
        total += len(part)
        if total <= MOST_BYTES:
            parts.append(part)
    if total > MOST_BYTES:
        return None
    document = json.loads(b"".join(parts))
    return document if isinstance(document, dict) else None


def _tell_shell(payload: Mapping[str, Any]) -> None:
    """Claude Code hands variables to the shells of its tools through a file: ours names the session."""
    file, session = os.environ.get("CLAUDE_ENV_FILE", ""), payload.get("session_id")
    begins = bool(file) and payload.get("hook_event_name") == "SessionStart"
    if begins and isinstance(session, str) and session and _SESSION.issuperset(session):
        with open(file, "a", encoding="ascii") as shell:
            shell.write(f"export CODESENTINEL_SESSION_ID={session}\n")
