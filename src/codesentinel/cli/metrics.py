"""``codesentinel metrics``."""

from __future__ import annotations

from codesentinel.cli.options import Parser, add_global_options, duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """``serve`` and ``refill``."""
    words = parser.add_subparsers(metavar="WORD", title="words", parser_class=Parser, required=True)
    serve = words.add_parser("serve", help="expose codesentinel's metrics and receive alerts")
    serve.add_argument("--host", default="127.0.0.1", help="loopback address (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8701, help="port (default: %(default)s)")
    serve.epilog = examples("codesentinel metrics serve", "codesentinel metrics serve --port 9701")
    serve.set_defaults(run=_serve)
    add_global_options(serve)
    refill = words.add_parser("refill", help="copy samples that the long history lost in a crash")
    refill.add_argument("--until", type=float, metavar="EPOCH", help="end of what is copied (default: now)")
    refill.add_argument(
        "--window",
        type=duration,
        default=60.0,
        metavar="DURATION",
        help="how much before that (default: 60s)",
    )
    refill.add_argument(
        "--from", dest="source", metavar="URL", default="", help="Prometheus (default: the stack's)"
    )
    refill.add_argument(
        "--to", dest="target", metavar="URL", default="", help="storage (default: the stack's)"
    )
    refill.epilog = examples("codesentinel metrics refill --window 10m")
    refill.set_defaults(run=_refill)
    add_global_options(refill)


def _serve(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.web.serve import serve

    serve(context, host=args.host, port=args.port)


def _refill(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.refill import refill

    samples = refill(
        context,
        until=args.until,
        window_seconds=args.window,
        prometheus_url=args.source,
        history_url=args.target,
    )
    return Outcome(
        "metrics.refill", {"samples": samples}, lambda: f"{samples} samples copied into the history"
    )
