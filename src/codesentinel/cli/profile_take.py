"""``codesentinel profile record`` and ``watch``."""

from __future__ import annotations

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.profile_views import Watched
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """What to sample, how, and for how long."""
    if name == "profile record":
        _record_options(parser)
    else:
        _watch_options(parser)


def _record_options(parser: argparse.ArgumentParser) -> None:
    parser.takes_command = True  # type: ignore[attr-defined]
    parser.add_argument("--pid", type=int, default=0, metavar="PID", help="a process that runs")
    parser.add_argument("--service", default="", metavar="NAME", help="its name; alone: one of the stack")
    parser.add_argument("--host", default="", metavar="NAME", help="default: this one")
    parser.add_argument("--revision", default="", metavar="REV", help="default: as deployed, or git's")
    parser.add_argument(
        "--duration", type=duration, metavar="TIME", help="default: 10s, or until the command ends"
    )
    parser.add_argument("--rate", type=int, default=100, metavar="HERTZ", help="samples a second (100)")
    parser.add_argument("--native", action="store_true", help="with frames of C, C++ and Rust")
    parser.add_argument("--subprocesses", action="store_true", help="with all descendants")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--gil", action="store_true", help="only the thread that holds the interpreter's lock")
    mode.add_argument("--idle", action="store_true", help="also threads that wait")
    parser.add_argument(
        "--nonblocking", action="store_true", help="never let the process stand still: cheaper, less exact"
    )
    parser.description = (
        "Sample the stacks of a Python process or command with py-spy, from outside and without a change to\n"
        "it, and keep them under service, host, revision and time."
    )
    parser.epilog = examples(
        "codesentinel profile record --pid 4711 --service shop --duration 60s",
        "codesentinel profile record --service shop",
        "codesentinel profile record --idle -- python job.py --all",
    )
    parser.set_defaults(run=_record)


def _watch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", required=True, metavar="NAME", help="which")
    parser.add_argument(
        "--pid", type=int, default=0, metavar="PID", help="default: that of the stack's service"
    )
    parser.add_argument(
        "--every", type=duration, default=60.0, metavar="TIME", help="from one to the next (60s)"
    )
    parser.add_argument("--for", dest="length", type=duration, default=3.0, metavar="TIME", help="each (3s)")
    parser.add_argument("--rate", type=int, default=50, metavar="HERTZ", help="samples a second (50)")
    parser.add_argument(
        "--most", type=float, default=0.01, metavar="RATIO", help="of one core, for the sampler (0.01)"
    )
    parser.add_argument("--duration", type=duration, default=0.0, metavar="TIME", help="default: no end")
    parser.description = (
        "Sample a service for a few seconds every minute, until Ctrl-C. Its process and revision are looked\n"
        "up each time, so that `profile diff before:DEPLOYMENT after:DEPLOYMENT` says what a deployment did."
    )
    parser.epilog = examples(
        "codesentinel profile watch --service shop",
        "codesentinel profile watch --service api --pid 4711 --every 5m --for 5s",
        "codesentinel profile diff before:latest after:latest --service shop",
    )
    parser.set_defaults(run=_watch)


def _record(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.record import record

    found = record(
        context,
        pid=args.pid,
        command=args.command,
        service=args.service,
        host=args.host,
        revision=args.revision,
        duration_seconds=args.duration,
        rate_hertz=args.rate,
        mode="gil" if args.gil else "idle" if args.idle else "cpu",
        native=args.native,
        subprocesses=args.subprocesses,
        blocking=not args.nonblocking,
        output_to_stderr=bool(getattr(args, "json", False)),
    )

    def text() -> str:
        from codesentinel.render.profile_text import stored_text

        return stored_text(found)

    return Outcome("profile.record", found, text)


def _watch(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.watch import watch
    from codesentinel.render.profile_text import watched_text

    def told(done: Watched) -> None:
        context.tell(watched_text(done))

    done = watch(
        context,
        service=args.service,
        pid=args.pid,
        every_seconds=args.every,
        sample_seconds=args.length,
        rate_hertz=args.rate,
        most_ratio=args.most,
        duration_seconds=args.duration,
        on_profile=told,
    )
    return Outcome("profile.watch", done, lambda: watched_text(done))
