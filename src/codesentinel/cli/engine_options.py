"""The options that say where the work on many series is done, and in which run."""

from __future__ import annotations

from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any, TypedDict

    from codesentinel.operations.base import Context

    class Where(TypedDict):
        """As verbs take it."""

        engine: str
        workers: int
        engine_address: str


ENGINES = ("local", "dask", "ray", "spark")


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The engine, its size, and a cluster that runs already."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="local",
        help="local: the cores of this host; or a cluster's (extras)",
    )
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="to start here (one for each core)"
    )
    parser.add_argument(
        "--engine-address", default="", metavar="URL", help="of a cluster that runs, such as tcp://host:8786"
    )


def add_run_option(parser: argparse.ArgumentParser) -> None:
    """For very many series: results on the disk, and a second call that does what is missing."""
    parser.add_argument(
        "--run",
        dest="run_name",
        default="",
        metavar="NAME",
        help="keep results in .codesentinel/runs/NAME as they come, and continue there",
    )


def in_run(
    context: Context,
    args: argparse.Namespace,
    what: str,
    parameters: dict[str, Any],
    end: float | None = None,
) -> Outcome:
    """The run of that name, begun or continued."""
    from codesentinel.operations.trends.run import series_run

    with SampleBar(args) as bar:
        done = series_run(
            context,
            args.query,
            name=args.run_name,
            what=what,
            parameters=parameters,
            input_path=args.input,
            since_seconds=args.since,
            step_seconds=args.step,
            end=end,
            counter=args.counter,
            **where(args),
            url=args.url,
            progress=bar,
        )

    def text() -> str:
        from codesentinel.render.trends_run_text import run_text

        return run_text(done)

    return Outcome("trends.run", done, text, exit_status=done.exit_status)


def where(args: argparse.Namespace) -> Where:
    """What was asked for."""
    return {"engine": args.engine, "workers": args.workers, "engine_address": args.engine_address}
