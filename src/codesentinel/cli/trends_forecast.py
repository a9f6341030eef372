"""``codesentinel trends forecast``."""

from __future__ import annotations

from codesentinel.cli.engine_options import add_engine_options, add_run_option, in_run, where
from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar
from codesentinel.cli.series_options import add_series_options, refuse_with_input
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_MODELS = ("auto", "seasonal-naive", "linear", "autoregression", "ets", "arima", "theta")


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The series, how far ahead, by which methods, and where to."""
    add_series_options(parser, since="21d", step="horizon / 100", counters="take")
    parser.add_argument("--horizon", type=duration, default=86400.0, metavar="DURATION", help="how far (24h)")
    parser.add_argument(
        "--level", type=float, default=0.95, metavar="P", help="share that the interval holds (%(default)s)"
    )
    parser.add_argument("--model", choices=_MODELS, default="auto", help="default: the best on its own past")
    parser.add_argument(
        "--budget", type=float, default=1.0, metavar="SECONDS", help="for ETS, ARIMA, Theta, a series (1)"
    )
    add_engine_options(parser)
    add_run_option(parser)
    parser.add_argument("--output", default="", metavar="FILE", help="write .csv, .parquet, .png or .svg")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--write-back", action="store_true", help="write codesentinel_forecast into the long history"
    )
    parser.epilog = examples(
        "codesentinel trends forecast 'service:http_server_requests:rate' --horizon 24h",
        "codesentinel trends forecast node_load1 --since 30d --step 1h --output load.svg",
        "codesentinel trends forecast --input sales.csv --horizon 14d --level 0.8 --json",
        "codesentinel trends forecast 'instance:node_cpu_busy:ratio_rate' --write-back",
        "codesentinel trends forecast node_load1 --engine dask --engine-address tcp://scheduler:8786 --json",
        "codesentinel trends forecast --input fleet.parquet --engine dask --workers 4 --run nightly",
    )
    parser.set_defaults(run=_forecast)


def _forecast(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.forecast import forecast

    refuse_with_input(args, *(("since",) if args.write_back else ("since", "url")))
    if args.run_name:
        if args.output or args.write_back:
            raise UsageError(
                "a run has its results in its folder", hint="leave --output and --write-back out"
            )
        names = ("horizon_seconds", "level", "model", "budget_seconds")
        return in_run(
            context,
            args,
            "forecast",
            dict(zip(names, (args.horizon, args.level, args.model, args.budget), strict=True)),
        )
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
            **where(args),
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
