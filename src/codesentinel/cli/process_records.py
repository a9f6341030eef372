"""``codesentinel memory process snapshot|record``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_WORDS = "codesentinel memory process"


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the two commands."""
    if name.endswith(" record"):
        parser.add_argument(
            "--interval",
            type=duration,
            default=None,
            metavar="DURATION",
            help="between samples (setting: 5s)",
        )
        parser.add_argument(
            "--duration",
            type=duration,
            default=0.0,
            metavar="DURATION",
            help="stop after this long (default: Ctrl-C)",
        )
        parser.epilog = examples(f"{_WORDS} record", f"{_WORDS} record --interval 2s --duration 10m")
        parser.set_defaults(run=_record)
        return
    parser.add_argument(
        "--filter", default="", metavar="TERM", help="a term, or KEY:REGEXP (see `process system`)"
    )
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="only the N with most memory")
    parser.add_argument(
        "--output",
        default="",
        metavar="PATH",
        help="file (default: docs/metrics/process_snapshot_<time>.jsonl)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--full-argv", action="store_true", help="also write command lines, with secrets taken out"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say what could not be read")
    parser.epilog = examples(
        f"{_WORDS} snapshot", f"{_WORDS} snapshot --filter user:^www --output /tmp/www.jsonl"
    )
    parser.set_defaults(run=_snapshot)


def _snapshot(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.snapshot import snapshot
    from codesentinel.render.process_text import snapshot_text

    made = snapshot(
        context,
        match=args.filter,
        limit=args.limit,
        output=args.output,
        overwrite=args.overwrite,
        full_argv=args.full_argv,
        verbose_mode=args.verbose,
    )
    return Outcome("process.snapshot", made, lambda: snapshot_text(made.path, made.records, made.scan))


def _record(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.record import record

    done = record(context, interval_seconds=args.interval, duration_seconds=args.duration)
    return Outcome(
        "process.record",
        done,
        lambda: f"{done.samples} samples, {done.processes_seen} processes, {done.cpu_ratio:.2%} of a core",
    )
