"""Which verbs become tools, under which names, and with which of their parameters."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.mcp_server.parameters import parameters_of
from codesentinel.model.errors import ConfigurationError
from codesentinel.operations.base import Effect
from codesentinel.operations.registry import every_operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.mcp_server.parameters import Parameter
    from codesentinel.operations.base import Verb

WITHHELD = frozenset(
    (
        *(
            "url",
            "source_url",
            "push_url",
            "fleet",
        ),  # servers are those that are configured, not those a text names
        *("path", "paths", "input_path", "rules", "tests", "routing"),  # nor is any file read
        *("output", "output_path", "html", "svg", "overwrite", "write_back"),  # or written
        "full_argv",  # command lines may hold secrets
        *("engine", "workers", "engine_address"),  # where work runs is for people to say
    )
)
"""Parameters that a tool which only reads does not have: each reaches beyond reading what is configured."""

NOT_TOOLS = {
    "process.top": "it paints a screen; process.system gives the same table once",
    "stack.up": "it runs until a signal; stack.detach returns",
    "alerts.receive": "it takes what Alertmanager posts",
    "metrics.copy": "its wish is a record; `codesentinel metrics backfill` takes it",
    "calamum.compare": "it takes the record of a run; `calamum test --compare` has both",
    "calamum.report": "it takes the record of a run; `calamum test --report` has both",
    "metrics.export": "its wish is a record; `codesentinel metrics export` takes it",
    "collect": "it runs until a signal; `codesentinel collect` does",
    "collect.compact": "it rewrites the store that its caller names",
    "collect.check": "it writes to the store that its caller names",
    "trends.run": "it works for hours, on very many series; people begin it",
    "canary.plan": "it reads a file that its caller names",
    "canary.run": "it moves traffic for as long as that takes; people begin it",
    "canary.abort": "it moves traffic; people do that",
    "canary.stop": "nobody answers afterwards where it stood; people do that",
}
"""Verbs that cannot be tools, and why; those that destroy are none either."""


REPORTING = {
    "satellites.start": "procedure_start",
    "satellites.finish": "procedure_finish",
    "satellites.feedback": "procedure_feedback",
}
"""Verbs by which an agent reports on procedures that it follows: offered always, they only add to the log."""

_NOT_ASKED = frozenset(("trigger", "check", "output_to_stderr"))
"""Of these: what is known, and commands, which agents do not run through us; they declare how a run ended."""


class Tool(NamedTuple):
    """A verb as it is offered."""

    name: str
    description: str
    verb: Verb[..., object]
    parameters: Sequence[Parameter]

    @property
    def reads_only(self) -> bool:
        """Whether it leaves the world as it is."""
        return self.verb.effect is Effect.READ


def tools(writes: str = "", absent: dict[str, str] | None = None) -> tuple[Tool, ...]:
    """All verbs that read, and those that write and are named in ``writes``.

    One that reads and is named there has all of its parameters, those that write a file among them. What
    another extra is missing for is put into ``absent`` by its module, and not offered.

    Raises:
        ConfigurationError: a name is of no verb, of one that destroys, or of one that is no tool.
    """
    wanted = frozenset(writes.split())
    verbs = {one.verb.operation: one.verb for one in every_operation(absent)}
    problems = [f"mcp.writes: {name} {why}" for name in sorted(wanted) if (why := _refusal(name, verbs))]
    if problems:
        raise ConfigurationError("the settings", problems, hint="operations that write: docs/reference")
    found = []
    for name, verb in verbs.items():
        offered = verb.effect is Effect.READ or name in REPORTING or name in wanted
        if name in NOT_TOOLS or not offered:
            continue
        function = inspect.unwrap(verb)
        without = frozenset[str]() if name in wanted else WITHHELD
        parameters = parameters_of(function, without=_NOT_ASKED if name in REPORTING else without)
        if parameters is not None:
            title = REPORTING.get(name, name.replace(".", "_"))
            found.append(Tool(title, described(function.__doc__), verb, parameters))
    return tuple(found)


def described(docstring: str | None) -> str:
    """A docstring without what it raises, which an agent is told when it happens."""
    text = inspect.cleandoc(docstring or "").partition("\nRaises:")[0]
    return text.replace("``", "`").strip()


def _refusal(name: str, verbs: Mapping[str, Verb[..., object]]) -> str:
    if name not in verbs:
        return "is no operation"
    if verbs[name].effect is Effect.DESTRUCTIVE:
        return "destroys: agents never may"
    return f"is no tool: {NOT_TOOLS[name]}" if name in NOT_TOOLS else ""
