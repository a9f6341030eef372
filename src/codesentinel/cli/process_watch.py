"""``codesentinel memory process watch|top``."""

from __future__ import annotations

import sys
import time

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.process_views import add_pid

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.process_views import ProcessTable
    from codesentinel.operations.base import Context
    from codesentinel.operations.process.watch import Watch

INTERRUPTED = 130
_WORDS = "codesentinel memory process"
_HOME_AND_CLEAR = "\x1b[H\x1b[2J"


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the two commands."""
    if name.endswith(" top"):
        parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")
        parser.add_argument(
            "--sort", default="cpu", metavar="KEY", help="cpu, memory, time, threads (default: cpu)"
        )
        parser.add_argument("--filter", default="", metavar="TERM", help="a term, or KEY:REGEXP")
        parser.add_argument(
            "--interval",
            type=duration,
            default=2.0,
            metavar="DURATION",
            help="between pictures (default: 2s)",
        )
        parser.add_argument(
            "--count", type=int, default=0, metavar="N", help="stop after N pictures (default: Ctrl-C)"
        )
        parser.epilog = examples(f"{_WORDS} top", f"{_WORDS} top --sort memory --count 1")
        parser.set_defaults(run=_top)
        return
    add_pid(parser)
    parser.add_argument(
        "--interval", type=duration, default=1.0, metavar="DURATION", help="between samples (default: 1s)"
    )
    parser.add_argument(
        "--duration", type=duration, default=10.0, metavar="DURATION", help="in all (default: 10s)"
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show the command line's shape with each sample"
    )
    parser.add_argument(
        "--full-argv", action="store_true", help="show the command line, with secrets taken out"
    )
    parser.epilog = examples(
        f"{_WORDS} watch --pid 4711", f"{_WORDS} watch --pid 4711 --interval 0.2 --duration 1m"
    )
    parser.set_defaults(run=_watch)


def _watch(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.watch import watch
    from codesentinel.render.process_watch_text import ending_text, heading_text, sample_text

    as_json = getattr(args, "json", False)

    def show(seen: Watch, sample: dict[str, object]) -> None:
        if as_json:
            return
        if len(seen.samples) == 1:
            sys.stdout.write(heading_text(seen.process) + "\n")
        sys.stdout.write(sample_text(sample) + "\n")
        sys.stdout.flush()

    seen = watch(
        context,
        pid=args.pid,
        interval_seconds=args.interval,
        duration_seconds=args.duration,
        verbose_mode=args.verbose,
        full_argv=args.full_argv,
        on_sample=show,
    )
    status = INTERRUPTED if seen.ending == "interrupted" else 0
    return Outcome("process.watch", seen, lambda: ending_text(seen.as_document()), exit_status=status)


def _top(context: Context, args: argparse.Namespace) -> None:
    from codesentinel.cli.output import show
    from codesentinel.operations.process.top import top
    from codesentinel.render.process_text import table_text

    as_json = getattr(args, "json", False)
    before = "" if as_json else _HOME_AND_CLEAR if sys.stdout.isatty() else "\n"

    def picture(table: ProcessTable) -> None:
        sys.stdout.write(before)
        text = f"{time.strftime('%H:%M:%S')}\n{table_text(table, verbose=True)}"
        show(Outcome("process.top", table, lambda: text), as_json=as_json, colour=False)

    top(
        context,
        limit=args.limit,
        sort=args.sort,
        match=args.filter,
        interval_seconds=args.interval,
        count=args.count,
        on_picture=picture,
    )
