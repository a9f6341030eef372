"""``codesentinel mcp``: the verbs as tools for agents."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.model.errors import NotInstalled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Which transport, and where."""
    parser.description = (
        "Serve the operations as tools over the Model Context Protocol: what reads, and reporting on"
        " procedures; what writes only where `mcp.writes` names it; what destroys never."
    )
    parser.add_argument(
        "--http", action="store_true", help="serve many agents at http://HOST:PORT/mcp (default: stdio, one)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8702, help="port (default: %(default)s)")
    parser.epilog = examples(
        "claude mcp add codesentinel -- codesentinel mcp",
        "codesentinel mcp --http --port 8702",
        "CODESENTINEL_MCP_WRITES='deploy.record trends.feedback' codesentinel mcp",
    )
    parser.set_defaults(run=_mcp)


def _mcp(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.web.serve import serve

    try:
        from codesentinel.mcp_server.server import http_app, serve_stdio
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"talking to agents needs the mcp extra ({exc.name} is missing)",
            hint="pip install 'codesentinel[mcp]'",
        ) from exc
    if args.http:
        serve(context, host=args.host, port=args.port, create_app=http_app)
    else:
        serve_stdio(context)
