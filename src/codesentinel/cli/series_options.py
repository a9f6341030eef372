"""The options that say of which series: those of a query, or those of a CSV file."""

from __future__ import annotations

from codesentinel.cli.options import duration
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_series_options(
    parser: argparse.ArgumentParser,
    *,
    since: str,
    step: str,
    counters: str = "judge",
    file: str = "timestamp,value",
) -> None:
    """A query, or ``--input``; ``since`` and ``step`` are what is taken where nothing is given."""
    parser.add_argument("query", nargs="?", default="", metavar="QUERY", help="PromQL, in quotes")
    parser.add_argument("--input", default="", metavar="CSV", help=f"a file instead: {file}")
    parser.add_argument(
        "--since", type=duration, metavar="DURATION", help=f"the last ... of a query ({since})"
    )
    parser.add_argument("--step", type=duration, metavar="DURATION", help=f"a value every ... ({step})")
    parser.add_argument(
        "--counter", action="store_true", help=f"the series are counters: {counters} their rates"
    )
    parser.add_argument("--url", default="", metavar="URL", help="server (default: the long history)")


def refuse_with_input(args: argparse.Namespace, *names: str) -> None:
    """Options that say nothing of a file.

    Raises:
        UsageError: one of them is given beside ``--input``.
    """
    if args.input and any(getattr(args, name) not in (None, "") for name in names):
        *most, last = (f"--{name}" for name in names)
        told = f"{', '.join(most)} and {last} belong" if most else f"{last} belongs"
        raise UsageError(f"{told} to a query", hint="leave them out with --input")
