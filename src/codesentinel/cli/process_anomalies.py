"""``codesentinel memory process anomalies``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.process_views import add_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_WORDS = "codesentinel memory process"


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``anomalies``."""
    parser.add_argument(
        "--cpu-threshold", type=float, default=80.0, metavar="PERCENT", help="of one core (default: 80)"
    )
    parser.add_argument(
        "--memory-threshold",
        type=float,
        default=25.0,
        metavar="PERCENT",
        help="of the host's memory (default: 25)",
    )
    parser.add_argument(
        "--min-runtime",
        type=duration,
        default=600.0,
        metavar="DURATION",
        help="both thresholds hold only for processes older than this (default: 10m)",
    )
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="only the N most urgent findings")
    parser.add_argument(
        "--window", type=duration, default=0.1, metavar="DURATION", help="how long to look (default: 0.1s)"
    )
    parser.add_argument(
        "--history",
        type=duration,
        default=600.0,
        metavar="DURATION",
        help="how far back to read what `process record` wrote (default: 10m)",
    )
    add_at(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="also show users, commands and evidence")
    parser.description = (
        "Say which processes misbehave: runaways, leaks, zombies, storms, restart loops, stuck and hidden\n"
        "ones, and those beyond your thresholds. Exit status: 1 when a finding is P1, else 0."
    )
    parser.epilog = examples(
        f"{_WORDS} anomalies",
        f"{_WORDS} anomalies --cpu-threshold 50 --min-runtime 1m -v",
        f"{_WORDS} anomalies --at 2026-11-24T10:00:00+00:00 --json",
    )
    parser.set_defaults(run=_anomalies)


def _anomalies(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.anomalies import anomalies
    from codesentinel.render.process_anomalies_text import anomalies_text

    found = anomalies(
        context,
        cpu_ratio=args.cpu_threshold / 100,
        memory_ratio=args.memory_threshold / 100,
        min_runtime_seconds=args.min_runtime,
        limit=args.limit,
        window_seconds=args.window,
        history_seconds=args.history,
        at=args.at,
        verbose_mode=args.verbose,
    )
    return Outcome(
        "process.anomalies",
        found,
        lambda: anomalies_text(found.as_document(), verbose=args.verbose),
        exit_status=found.exit_status,
    )
