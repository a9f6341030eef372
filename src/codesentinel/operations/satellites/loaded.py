"""What was loaded goes into the log, once, whichever of hooks, telemetry and transcripts tell of it."""

from __future__ import annotations

import json
import os

from codesentinel.capture.satellites.hooks import exported, skill_file
from codesentinel.model.loaded import Loaded
from codesentinel.store.session_memory import SessionMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.loaded import SessionEnd

_RECENT_BYTES = 65_536


def log_signal(root: str, event: Loaded | SessionEnd, here: str = "") -> bool:
    """Log what a vendor says, in the workspace ``root``; whether it was new, and is in the log.

    ``here`` is where the agent works: a skill that was made from a procedure is known by its file there.
    """
    memory = SessionMemory(root, session_id=event.agent_session, agent_id=event.vendor, warn=lambda _: None)
    if isinstance(event, Loaded):
        if _is_known(root, event):
            return False
        folders = (here or root, root, os.path.expanduser("~"))
        path = skill_file(folders, event.skill.rpartition(":")[2])
        event.procedure, event.version = exported(path) if path else ("", "")
    action = "procedure-loaded" if isinstance(event, Loaded) else "agent-session-end"
    return memory.log_domain_activity("satellites", {"action": action, "metadata": event.as_facts()})


def _is_known(root: str, event: Loaded) -> bool:
    """Whether the end of the log tells of it: by the call of the tool, or by its turn from elsewhere."""
    call, turn = json.dumps(event.tool_use_id).encode(), json.dumps(event.prompt_id).encode()
    skill, source = json.dumps(event.skill).encode(), f'"source":"{event.source}"'.encode()
    for line in _recent(root) if event.tool_use_id or event.prompt_id else ():
        if event.tool_use_id and call in line:
            return True
        if event.prompt_id and turn in line and skill in line and source not in line:
            return True
    return False


def _recent(root: str) -> list[bytes]:
    try:
        with open(f"{root}/docs/domains/satellites/history.jsonl", "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _RECENT_BYTES, 0))
            return [line for line in file.read().split(b"\n") if b"procedure-loaded" in line]
    except OSError:
        return []
