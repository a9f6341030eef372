"""``codesentinel trends seasonality``."""

from __future__ import annotations

from codesentinel.cli.engine_options import add_engine_options, where
from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.cli.series_options import add_series_options, refuse_with_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, the clock, and what a unit can do."""
    add_series_options(parser, since="28d", step="of 28d: 5m")
    parser.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="whose days and hours (default: %(default)s)"
    )
    parser.add_argument(
        "--headroom", type=float, default=0.2, metavar="R", help="above the 95th percentile (%(default)s)"
    )
    parser.add_argument(
        "--capacity-per-unit", type=float, metavar="V", help="what one unit can do, in the series' unit"
    )
    add_engine_options(parser)
    parser.epilog = examples(
        "codesentinel trends seasonality 'service:http_server_requests:rate'",
        "codesentinel trends seasonality --input load.csv --timezone Europe/Berlin --capacity-per-unit 150",
        "codesentinel trends seasonality 'instance:node_cpu_busy:ratio_rate' --since 90d --step 1h --json",
    )
    parser.set_defaults(run=_seasonality)


def _seasonality(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.seasonality import SINCE_SECONDS, seasonality

    refuse_with_input(args, "since", "url")
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
            **where(args),
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_seasonality_text import seasonality_text

        return seasonality_text(found)

    return Outcome("trends.seasonality", found, text, exit_status=found.exit_status)
