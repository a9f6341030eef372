"""``codesentinel mcp``: the verbs as tools for agents."""

from __future__ import annotations

from codesentinel.cli.exposure import add_options, reach
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
    add_options(parser, 8702)
    parser.epilog = examples(
        "claude mcp add codesentinel -- codesentinel mcp",
        "codesentinel mcp --http --port 8702",
        "codesentinel mcp --http --host 0.0.0.0 --token-file mcp.token --host-name agents.example.org",
        "CODESENTINEL_MCP_WRITES='deploy.record trends.feedback' codesentinel mcp",
    )
    parser.set_defaults(run=_mcp)


def _mcp(context: Context, args: argparse.Namespace) -> None:
    from functools import partial

    from codesentinel.web.serve import behind_token, serve

    try:
        from codesentinel.mcp_server.server import http_app, serve_stdio
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"talking to agents needs the mcp extra ({exc.name} is missing)",
            hint="pip install 'codesentinel[mcp]'",
        ) from exc
    if args.http:
        app = partial(behind_token, http_app, reach=reach(args))
        serve(context, host=args.host, port=args.port, create_app=app, guarded=True)
    else:
        serve_stdio(context)
