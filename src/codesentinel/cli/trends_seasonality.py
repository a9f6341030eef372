"""``codesentinel trends seasonality``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, the clock, and what a unit can do."""
    parser.add_argument("query", nargs="?", default="", metavar="QUERY", help="PromQL, in quotes")
    parser.add_argument("--input", default="", metavar="CSV", help="a file instead: timestamp,value")
    parser.add_argument("--since", type=duration, metavar="DURATION", help="the last ... of a query (28d)")
    parser.add_argument("--step", type=duration, metavar="DURATION", help="a value every ... (of 28d: 5m)")
    parser.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="whose days and hours (default: %(default)s)"
    )
    parser.add_argument(
        "--headroom", type=float, default=0.2, metavar="R", help="above the 95th percentile (%(default)s)"
    )
    parser.add_argument(
        "--capacity-per-unit", type=float, metavar="V", help="what one unit can do, in the series' unit"
    )
    parser.add_argument("--counter", action="store_true", help="the series are counters: judge their rates")
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the long history)")
    parser.epilog = examples(
        "codesentinel trends seasonality 'service:http_server_requests:rate'",
        "codesentinel trends seasonality --input load.csv --timezone Europe/Berlin --capacity-per-unit 150",
        "codesentinel trends seasonality 'instance:node_cpu_busy:ratio_rate' --since 90d --step 1h --json",
    )
    parser.set_defaults(run=_seasonality)


def _seasonality(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.seasonality import SINCE_SECONDS, seasonality

    if args.input and (args.since is not None or args.url):
        raise UsageError("--since and --url belong to a query", hint="leave them out with --input")
    with SampleBar(args) as bar:
        found = seasonality(
            context,
            args.query,
            input_path=args.input,
            since_seconds=SINCE_SECONDS if args.since is None else args.since,
            step_seconds=args.step,
            timezone=args.timezone,
            headroom=args.headroom,
            capacity_per_unit=args.capacity_per_unit,
            counter=args.counter,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_seasonality_text import seasonality_text

        return seasonality_text(found)

    return Outcome("trends.seasonality", found, text, exit_status=found.exit_status)
