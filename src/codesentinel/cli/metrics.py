"""``codesentinel metrics``."""

from __future__ import annotations

from codesentinel.cli.options import Parser, add_global_options, examples

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """``serve``; the other words of the group come with the history."""
    words = parser.add_subparsers(metavar="WORD", title="words", parser_class=Parser, required=True)
    serve = words.add_parser("serve", help="expose codesentinel's metrics and receive alerts")
    serve.add_argument("--host", default="127.0.0.1", help="loopback address (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8701, help="port (default: %(default)s)")
    serve.epilog = examples("codesentinel metrics serve", "codesentinel metrics serve --port 9701")
    serve.set_defaults(run=_serve)
    add_global_options(serve)


def _serve(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.web.serve import serve

    serve(context, host=args.host, port=args.port)
