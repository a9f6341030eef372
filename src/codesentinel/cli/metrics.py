"""``codesentinel metrics``."""

from __future__ import annotations

from codesentinel.cli.exposure import add_options, reach
from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of ``metrics serve`` or ``metrics refill``."""
    if name == "metrics serve":
        add_options(parser, 8701)
        parser.epilog = examples(
            "codesentinel metrics serve",
            "codesentinel metrics serve --port 9701",
            "codesentinel metrics serve --host 0.0.0.0 --token-file metrics.token",
        )
        parser.set_defaults(run=_serve)
        return
    parser.add_argument("--until", type=float, metavar="EPOCH", help="end of what is copied (default: now)")
    parser.add_argument(
        "--window",
        type=duration,
        default=60.0,
        metavar="DURATION",
        help="how much before that (default: 60s)",
    )
    parser.add_argument(
        "--from", dest="source", metavar="URL", default="", help="Prometheus (default: the stack's)"
    )
    parser.add_argument(
        "--to", dest="target", metavar="URL", default="", help="storage (default: the stack's)"
    )
    parser.epilog = examples("codesentinel metrics refill --window 10m")
    parser.set_defaults(run=_refill)


def _serve(context: Context, args: argparse.Namespace) -> None:
    from functools import partial

    from codesentinel.web.serve import own_app, serve

    app = partial(own_app, reach=reach(args))
    serve(context, host=args.host, port=args.port, create_app=app, guarded=True)


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
