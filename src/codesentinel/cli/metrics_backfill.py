"""``codesentinel metrics backfill``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from codesentinel.cli.options import duration, examples, moment
from codesentinel.cli.output import Outcome, asked
from codesentinel.cli.progress import SampleBar
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.operations.backfill.server import Wanted
    from codesentinel.operations.base import Context

_FORMATS = ("openmetrics", "prometheus", "csv", "jsonl", "parquet")
_UNITS = ("s", "ms", "us", "ns")


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Whence, where to, and what the columns of a CSV file mean."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="samples with times; text may end in .gz")
    parser.add_argument(
        "--format", choices=_FORMATS, default="", help="default: by the file's name, else openmetrics"
    )
    parser.add_argument(
        "--label", type=_pair, action="append", default=[], metavar="K=V", help="put on every series"
    )
    parser.add_argument("--skip-bad", action="store_true", help="leave out what cannot be taken, and say so")
    parser.add_argument("--dry-run", action="store_true", help="check the file, and write nothing")
    to = parser.add_argument_group("where to")
    to.add_argument("--to", metavar="URL", default="", help="a VictoriaMetrics (default: the stack's)")
    to.add_argument("--output", metavar="FILE", default="", help="write OpenMetrics for promtool instead")
    to.add_argument(
        "--prometheus-data", metavar="DIR", default="", help="let promtool make blocks there, too"
    )
    to.add_argument("--overwrite", action="store_true", help="replace the file that --output names")
    to.add_argument("--yes", action="store_true", help="do not ask")
    server = parser.add_argument_group("from a server instead of a file")
    server.add_argument("--from", dest="source", metavar="URL", default="", help="a Prometheus")
    add_wanted(server)
    _add_columns(parser.add_argument_group("of a CSV file; every other column is a label"))
    parser.epilog = examples(
        "codesentinel metrics backfill old.om --dry-run",
        "codesentinel metrics backfill old.csv --metric cpu_ratio --label job=import",
        "codesentinel metrics backfill old.csv --time-column Time --value-column Load --metric load1 --utc",
        "codesentinel metrics backfill old.csv --metric load1 --prometheus-data /var/lib/prometheus",
        "codesentinel metrics backfill --from http://prometheus:9090 --match 'node_load1' --since 90d",
    )
    parser.set_defaults(run=_backfill)


def _add_columns(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--metric", metavar="NAME", default="", help="its name (default: column __name__)")
    group.add_argument("--time-column", metavar="C", default="timestamp", help="default: %(default)s")
    group.add_argument("--value-column", metavar="C", default="value", help="default: %(default)s")
    group.add_argument(
        "--rename", type=_pair, action="append", default=[], metavar="C=LABEL", help="call a column otherwise"
    )
    group.add_argument("--ignore", action="append", default=[], metavar="C", help="leave a column out")
    group.add_argument("--delimiter", default=",", metavar="CHAR", help="default: a comma")
    group.add_argument(
        "--time-unit", choices=_UNITS, default="s", help="of times that are numbers (default: s)"
    )
    group.add_argument("--utc", action="store_true", help="times without an offset are UTC")


def add_wanted(group: argparse._ArgumentGroup) -> None:
    """Which series of a server, and of when."""
    group.add_argument("--match", action="append", default=[], metavar="SELECTOR", help="may be repeated")
    group.add_argument("--since", type=moment, metavar="TIME", help="RFC 3339, or how long ago, such as 90d")
    group.add_argument("--until", type=moment, metavar="TIME", help="likewise (default: now)")
    group.add_argument("--step", type=duration, metavar="DURATION", help="evaluate; else what is stored")


def wanted_of(args: argparse.Namespace) -> Wanted:
    """What these options ask for.

    Raises:
        UsageError: one is missing.
    """
    import time

    from codesentinel.operations.backfill.server import Wanted

    if not args.match or args.since is None:
        raise UsageError("which series, and of when?", hint="--match SELECTOR --since 90d")
    until = time.time() if args.until is None else args.until
    return Wanted(tuple(args.match), args.since, until, args.step, getattr(args, "metric", ""))


def _backfill(context: Context, args: argparse.Namespace) -> Outcome:
    if bool(args.file) == bool(args.source):
        raise UsageError("from a file, or from a server?", hint="give FILE, or --from URL")
    return _from_server(context, args) if args.source else _from_file(context, args)


def _from_server(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.backfill.copy import copy
    from codesentinel.render.backfill_text import backfill_text

    if args.output or args.prometheus_data:
        raise UsageError("a server is copied into a VictoriaMetrics", hint="see `metrics export`")
    with SampleBar(args) as bar:
        done = copy(
            context,
            source_url=args.source,
            wanted=wanted_of(args),
            labels=dict(args.label),
            url=args.to,
            dry_run=args.dry_run,
            progress=bar,
        )
    return Outcome("metrics.backfill", done, lambda: backfill_text(done), exit_status=done.exit_status)


def _from_file(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.model.columns import Columns
    from codesentinel.operations.backfill.run import backfill
    from codesentinel.render.backfill_text import backfill_text

    if len(args.delimiter) != 1:
        raise UsageError(f"not one character: {args.delimiter!r}", hint="--delimiter ';'")
    columns = Columns(
        time=args.time_column,
        value=args.value_column,
        metric=args.metric,
        rename=dict(args.rename),
        ignore=frozenset(args.ignore),
        delimiter=args.delimiter,
        time_unit=args.time_unit,
        assume_utc=args.utc,
    )
    done = backfill(
        context,
        path=args.file,
        kind=args.format,
        columns=columns,
        labels=dict(args.label),
        url=args.to,
        openmetrics_path=args.output,
        prometheus_data=args.prometheus_data,
        overwrite=args.overwrite,
        skip_bad=args.skip_bad,
        dry_run=args.dry_run,
        progress=shown_progress(context),
        confirms=_confirms(args),
    )
    return Outcome("metrics.backfill", done, lambda: backfill_text(done), exit_status=done.exit_status)


def shown_progress(context: Context) -> Callable[[str], None] | None:
    """Where progress goes: to a terminal, and nowhere else."""
    return context.tell if sys.stderr.isatty() else None


def _confirms(args: argparse.Namespace) -> Callable[[str], bool] | None:
    if args.yes:
        return lambda _: True
    return (lambda question: asked("", question)) if sys.stdin.isatty() else None


def _pair(text: str) -> tuple[str, str]:
    """``K=V``."""
    name, equals, value = text.partition("=")
    if not name or not equals or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
