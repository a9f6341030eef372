"""``codesentinel trends anomalies``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, how sensitive, and the form of the answer."""
    parser.add_argument("query", nargs="?", default="", metavar="QUERY", help="PromQL, in quotes")
    parser.add_argument(
        "--input",
        default="",
        metavar="CSV",
        help="a file instead: timestamp,value or a column for each series",
    )
    parser.add_argument("--since", type=duration, metavar="DURATION", help="the last ... of a query (7d)")
    parser.add_argument("--to", dest="end", type=moment, metavar="TIME", help="the end of a query (now)")
    parser.add_argument("--step", type=duration, metavar="DURATION", help="a value every ... (of 7d: 5m)")
    parser.add_argument(
        "--sensitivity", type=float, metavar="S", help="0.05 to 0.95; an alarm from score 1 - S (0.5)"
    )
    parser.add_argument(
        "--retrospective", action="store_true", help="let a score use what came after it, too"
    )
    parser.add_argument("--counter", action="store_true", help="the series are counters: judge their rates")
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the long history)")
    parser.add_argument("--csv", action="store_true", help="print timestamp,value,anomaly_score, row by row")
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
    if args.input and (args.since is not None or args.step is not None or args.url):
        raise UsageError("--since, --step and --url belong to a query", hint="leave them out with --input")
    with SampleBar(args) as bar:
        found = anomalies(
            context,
            args.query,
            input_path=args.input,
            since_seconds=SINCE_SECONDS if args.since is None else args.since,
            end=args.end,
            step_seconds=args.step,
            sensitivity=SENSITIVITY if args.sensitivity is None else args.sensitivity,
            retrospective=args.retrospective,
            counter=args.counter,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_anomalies_text import anomalies_csv, anomalies_text

        return anomalies_csv(found) if args.csv else anomalies_text(found)

    return Outcome("trends.anomalies", found, text, exit_status=found.exit_status)
