"""``codesentinel trends capacity``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """How far ahead, from which history, and of what."""
    parser.add_argument("--horizon", type=duration, metavar="DURATION", help="later is not told (60d)")
    parser.add_argument("--since", type=duration, metavar="DURATION", help="history to judge from (30d)")
    parser.add_argument(
        "--query", default="", metavar="EXPR", help="judge this instead of what is found, in PromQL"
    )
    parser.add_argument("--input", default="", metavar="CSV", help="judge a file: timestamp,value")
    parser.add_argument("--limit", type=float, metavar="N", help="of the query or file, in its unit")
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the long history)")
    parser.add_argument("--all", action="store_true", help="list what is not full within the horizon, too")
    parser.description = (
        "Say when each resource that has a limit is full: a date, and the interval that holds it in\n"
        "nine of ten cases. Exit status: 3 where nothing could be judged, else 0."
    )
    parser.epilog = examples(
        "codesentinel trends capacity",
        "codesentinel trends capacity --horizon 14d --all",
        "codesentinel trends capacity --query 'sum(queue_length)' --limit 10000 --since 7d",
        "codesentinel trends capacity --input disk.csv --limit 2e12 --json",
    )
    parser.set_defaults(run=_capacity)


def _capacity(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.capacity import HORIZON_SECONDS, capacity

    with SampleBar(args) as bar:
        found = capacity(
            context,
            query=args.query,
            limit=args.limit,
            input_path=args.input,
            horizon_seconds=HORIZON_SECONDS if args.horizon is None else args.horizon,
            since_seconds=args.since,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_capacity_text import capacity_text

        return capacity_text(found, everything=args.all)

    return Outcome("trends.capacity", found, text, exit_status=found.exit_status)
