"""``codesentinel bottleneck``."""

from __future__ import annotations

from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Which service, and when."""
    parser.add_argument("--service", required=True, metavar="NAME", help="which one")
    parser.add_argument(
        "--from", dest="start", type=moment, metavar="TIME", help="RFC 3339, or how long ago (1h)"
    )
    parser.add_argument("--to", dest="end", type=moment, metavar="TIME", help="likewise (now)")
    parser.add_argument("--environment", default="", metavar="NAME", help="only there")
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the stack's Prometheus)")
    parser.add_argument(
        "--tables", action="store_true", help="list every resource and all that was ruled out"
    )
    parser.description = (
        "Say which resource limits a service: moments at which it did worse are compared with those at\n"
        "which it did as usual, so the window should hold both. Exit status: 0 where it does as well as\n"
        "ever, 1 where it does worse, explained or not, 3 where nothing could be judged."
    )
    parser.epilog = examples(
        "codesentinel bottleneck --service shop",
        "codesentinel bottleneck --service shop --from 15m --tables",
        "codesentinel bottleneck --service shop --from 2026-11-24T10:00:00+00:00 --to 1h --json",
    )
    parser.set_defaults(run=_bottleneck)


def _bottleneck(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.efficiency.bottleneck import bottleneck

    with SampleBar(args) as bar:
        found = bottleneck(
            context,
            service=args.service,
            start=args.start,
            end=args.end,
            environment=args.environment,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.bottleneck_text import bottleneck_text

        return bottleneck_text(found, everything=args.tables)

    return Outcome("bottleneck", found, text, exit_status=found.exit_status)
