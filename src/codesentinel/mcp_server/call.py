"""One call of a tool: from an agent's arguments to the document that a command prints with --json."""

from __future__ import annotations

import inspect
import json
import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.mcp_server.offer import REPORTING
from codesentinel.mcp_server.parameters import read_arguments
from codesentinel.model.errors import CodesentinelError
from codesentinel.render.document import envelope, error_envelope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codesentinel.mcp_server.offer import Tool
    from codesentinel.operations.base import Context

MOST_CHARACTERS = 400_000
"""An answer beyond this would bury the agent that asked."""


class Answer(NamedTuple):
    """A document, and whether it tells of a failure."""

    text: str
    failed: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The same, parsed."""
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed


def call(context: Context, tool: Tool, arguments: Mapping[str, Any], *, client: str = "") -> Answer:
    """Run a tool; whatever goes wrong becomes an answer that the agent can act on.

    ``client`` is the name by which the agent's program introduced itself: it reports on a procedure, unless
    the agent says that it is another.
    """
    try:
        given = read_arguments(tool.parameters, arguments)
        if tool.verb.operation in REPORTING:
            given = _reported(tool, given, client)
        record = tool.verb(context, **given)
        text = envelope(tool.verb.operation, record, time.time())
    except CodesentinelError as exc:
        return Answer(error_envelope(exc.kind, exc.message, exc.hint), failed=True)
    except Exception as exc:  # noqa: BLE001 - the edge: a defect must not end the server
        hint = "this is a defect of codesentinel; the same command with --debug shows where"
        return Answer(error_envelope("error", f"{type(exc).__name__}: {exc}", hint), failed=True)
    if len(text) > MOST_CHARACTERS:
        narrower = ", ".join(one.name for one in tool.parameters) or "the command line"
        return Answer(
            error_envelope(
                "too_long", f"the answer has {len(text)} characters", f"ask for less of it, by: {narrower}"
            ),
            failed=True,
        )
    return Answer(text)


def _reported(tool: Tool, given: dict[str, Any], client: str) -> dict[str, Any]:
    """What is known without asking the agent: by which way it tells, and who it is."""
    known = inspect.signature(tool.verb).parameters
    ours = {"trigger": "mcp", "agent_name": client}
    return {name: value for name, value in ours.items() if name in known and value} | given
