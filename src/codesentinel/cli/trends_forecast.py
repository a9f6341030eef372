"""``codesentinel trends forecast``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_MODELS = ("auto", "seasonal-naive", "linear", "autoregression", "ets", "arima", "theta")


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, how far ahead, by which methods, and where to."""
    parser.add_argument("query", nargs="?", default="", metavar="QUERY", help="PromQL, in quotes")
    parser.add_argument("--input", default="", metavar="CSV", help="a file instead: timestamp,value")
    parser.add_argument("--horizon", type=duration, default=86400.0, metavar="DURATION", help="how far (24h)")
    parser.add_argument("--step", type=duration, metavar="DURATION", help="a value every ... (horizon / 100)")
    parser.add_argument("--since", type=duration, metavar="DURATION", help="learn from the last ... (21d)")
    parser.add_argument(
        "--level", type=float, default=0.95, metavar="P", help="share that the interval holds (%(default)s)"
    )
    parser.add_argument("--model", choices=_MODELS, default="auto", help="default: the best on its own past")
    parser.add_argument(
        "--budget", type=float, default=1.0, metavar="SECONDS", help="for ETS, ARIMA, Theta, a series (1)"
    )
    parser.add_argument("--counter", action="store_true", help="the series are counters: take their rates")
    parser.add_argument("--engine", choices=("local",), default="local", help="local: all cores of this host")
    parser.add_argument("--output", default="", metavar="FILE", help="write .csv, .parquet, .png or .svg")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--write-back", action="store_true", help="write codesentinel_forecast into the long history"
    )
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the long history)")
    parser.epilog = examples(
        "codesentinel trends forecast 'service:http_server_requests:rate' --horizon 24h",
        "codesentinel trends forecast node_load1 --since 30d --step 1h --output load.svg",
        "codesentinel trends forecast --input sales.csv --horizon 14d --level 0.8 --json",
        "codesentinel trends forecast 'instance:node_cpu_busy:ratio_rate' --write-back",
    )
    parser.set_defaults(run=_forecast)


def _forecast(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.forecast import forecast

    if args.input and (args.since is not None or (args.url and not args.write_back)):
        raise UsageError("--since and --url belong to a query", hint="leave them out with --input")
    with SampleBar(args) as bar:
        done = forecast(
            context,
            args.query,
            input_path=args.input,
            horizon_seconds=args.horizon,
            step_seconds=args.step,
            since_seconds=args.since,
            level=args.level,
            model=args.model,
            budget_seconds=args.budget,
            counter=args.counter,
            engine=args.engine,
            output=args.output,
            overwrite=args.overwrite,
            write_back=args.write_back,
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_forecast_text import forecast_text

        return forecast_text(done)

    return Outcome("trends.forecast", done, text, exit_status=done.exit_status)
