"""``codesentinel trends anomalies``."""

from __future__ import annotations

from codesentinel.cli.engine_options import add_engine_options, add_run_option, in_run, where
from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.cli.series_options import add_series_options, refuse_with_input
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, how sensitive, and the form of the answer."""
    several = "timestamp,value or a column for each series"
    add_series_options(parser, since="7d", step="of 7d: 5m", file=several)
    parser.add_argument("--to", dest="end", type=moment, metavar="TIME", help="the end of a query (now)")
    parser.add_argument(
        "--sensitivity", type=float, metavar="S", help="0.05 to 0.95; an alarm from score 1 - S (0.5)"
    )
    parser.add_argument(
        "--retrospective", action="store_true", help="let a score use what came after it, too"
    )
    parser.add_argument("--csv", action="store_true", help="print timestamp,value,anomaly_score, row by row")
    add_engine_options(parser)
    add_run_option(parser)
    parser.epilog = examples(
        "codesentinel trends anomalies 'service:http_server_requests:rate'",
        "codesentinel trends anomalies 'instance:node_cpu_busy:ratio_rate' --since 3d --step 1m --json",
        "codesentinel trends anomalies --input latency.csv --sensitivity 0.4",
        "codesentinel trends anomalies --input latency.csv --retrospective --csv > scores.csv",
    )
    parser.set_defaults(run=_anomalies)


def _anomalies(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.anomalies import SENSITIVITY, SINCE_SECONDS, anomalies

    if args.csv and getattr(args, "json", False):
        raise UsageError("--csv and --json exclude each other", hint="leave one of the two out")
    refuse_with_input(args, "since", "step", "url")
    sensitivity = SENSITIVITY if args.sensitivity is None else args.sensitivity
    if args.run_name:
        if args.csv:
            raise UsageError("a run has its results in its folder", hint="leave --csv out")
        asked = {"sensitivity": sensitivity, "retrospective": args.retrospective}
        return in_run(context, args, "anomalies", asked, args.end)
    with SampleBar(args) as bar:
        found = anomalies(
            context,
            args.query,
            input_path=args.input,
            since_seconds=SINCE_SECONDS if args.since is None else args.since,
            end=args.end,
            step_seconds=args.step,
            sensitivity=sensitivity,
            retrospective=args.retrospective,
            counter=args.counter,
            **where(args),
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_anomalies_text import anomalies_csv, anomalies_text

        return anomalies_csv(found) if args.csv else anomalies_text(found)

    return Outcome("trends.anomalies", found, text, exit_status=found.exit_status)
