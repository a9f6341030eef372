"""Who follows a procedure: as told, as the shell of an agent shows, or as the settings say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from codesentinel.operations.base import Context

_SHELLS = {
    "CLAUDECODE": "claude-code",
    "CLAUDE_CODE_SSE_PORT": "claude-code",
    "GEMINI_CLI": "gemini-cli",
    "CODEX_SANDBOX": "codex-cli",
    "CODEX_THREAD_ID": "codex-cli",
}
"""Variables that agents set in the shells of their tools."""
_LONGEST = 200


class Agent(NamedTuple):
    """Its name, its language model, and its session."""

    name: str
    model: str
    session: str


def agent_of(context: Context, name: str, model: str, session: str) -> Agent:
    """The agent; what is not known of it stays empty, but for its name."""
    shell = next((vendor for variable, vendor in _SHELLS.items() if os.environ.get(variable)), "")
    known = context.settings.agent.id
    return Agent(
        (name or known or shell or context.memory.agent_id)[:_LONGEST],
        model[:_LONGEST],
        (session or context.memory.session_id)[:_LONGEST],
    )
