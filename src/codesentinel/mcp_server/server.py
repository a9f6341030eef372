"""The protocol, by the ``mcp`` SDK: on standard input and output, or over streamable HTTP."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from codesentinel import __version__
from codesentinel.mcp_server.call import call
from codesentinel.mcp_server.offer import tools
from codesentinel.mcp_server.parameters import schema_of

if TYPE_CHECKING:
    from typing import Any

    from mcp.server.context import ServerRequestContext
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from codesentinel.mcp_server.offer import Tool
    from codesentinel.operations.base import Context

_INSTRUCTIONS = (
    "codesentinel measures the system that you act on. Begin with `review`: it lists what needs attention,"
    " how sure it is, on what evidence, and what to do next. Answers are JSON documents in base units"
    " (seconds, bytes, ratios of 0 to 1). Before you follow a written procedure call `procedure_start`,"
    " which gives its text, and afterwards `procedure_finish`."
)


def create_server(context: Context) -> Server[Any]:
    """A server of the tools that the settings allow.

    Raises:
        ConfigurationError: the settings name what cannot be offered.
    """
    absent: dict[str, str] = {}
    offered = {tool.name: tool for tool in tools(context.settings.mcp.writes, absent)}
    if absent:
        context.tell(f"{len(offered)} tools; not offered for want of other extras: {_in_short(absent)}")

    async def on_list_tools(
        _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in offered.values()])

    async def on_call_tool(
        asked: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = offered.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"no such tool: {params.name}")
        answer = await anyio.to_thread.run_sync(
            partial(call, context, tool, params.arguments or {}, client=_client(asked)),
            abandon_on_cancel=True,
        )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=answer.text)],
            structured_content=answer.document,
            is_error=answer.failed,
        )

    return Server(
        "codesentinel",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=on_list_tools,
        on_call_tool=on_call_tool,
    )


def serve_stdio(context: Context) -> None:
    """Serve one agent on standard input and output until it closes them."""

    async def run() -> None:
        server = create_server(context)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)


def http_app(context: Context) -> ASGIApp:
    """Any number of agents, at ``/mcp``; who may ask is for the guard in front of it to say."""
    open_to_all = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return create_server(context).streamable_http_app(
        transport_security=open_to_all, custom_starlette_routes=[Route("/-/ready", _ready)]
    )


async def _ready(_: Request) -> Response:
    return PlainTextResponse("ready\n")


def _client(asked: ServerRequestContext[Any]) -> str:
    """The name by which the agent's program introduced itself."""
    introduced = asked.session.client_params
    return introduced.client_info.name if introduced else ""


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=schema_of(tool.parameters),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.reads_only,
            destructive_hint=False,
            open_world_hint=False,
        ),
    )


def _in_short(absent: dict[str, str]) -> str:
    """Modules of one folder and one reason together: ``trends (3): numpy is missing``."""
    folders = Counter((module.split(".")[2], why) for module, why in absent.items())
    return "; ".join(f"{folder} ({count}): {why}" for (folder, why), count in sorted(folders.items()))
