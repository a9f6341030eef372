"""``codesentinel canary run``."""

from __future__ import annotations

import sys

from codesentinel.cli.canary_options import add_canary_config
from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome, asked
from codesentinel.model.rollout import ABORTED, FAIL, INTERRUPTED, PROMOTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TypeVar

    from codesentinel.model.rollout import Ended, Intended
    from codesentinel.operations.base import Context

    T = TypeVar("T")

_WORDS = "codesentinel canary run"
_INTERRUPTED = 130


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``run``."""
    add_canary_config(parser)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    ways.add_argument(
        "--abort", action="store_true", help="end a rollout that was cut off: bring the weights back"
    )
    ways.add_argument("--stop", action="store_true", help="end the Envoy that a rollout started")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--url", default="", metavar="URL", help="Prometheus (default: the stack's)")
    parser.description = (
        "Move traffic to a canary step by step, judged all the time: promoted on PASS, rolled back at once\n"
        "on FAIL, held without a verdict, and rolled back at the deadline. One that was cut off is gone on\n"
        "with by the same command. Exit status: 0 promoted or done, 1 rolled back or not begun, 3 rolled\n"
        "back for want of a verdict, 4 refused, 130 interrupted."
    )
    parser.epilog = examples(
        f"{_WORDS} --dry-run",
        f"{_WORDS} --config canary.yaml --yes --json",
        f"{_WORDS} --abort",
        f"{_WORDS} --stop --yes",
    )
    parser.set_defaults(run=_run)


def _run(context: Context, args: argparse.Namespace) -> Outcome:
    file = args.canary_config
    if args.dry_run:
        return _plan(context, file)
    if args.stop:
        return _stop(context, args, file)
    from codesentinel.operations.canary.rollout import run_rollout
    from codesentinel.operations.canary.rollout_end import abort_rollout
    from codesentinel.render.canary_rollout_text import ended_text, intended_text

    if args.abort:
        ended = abort_rollout(context, file=file)
        status = 0 if ended.outcome == ABORTED else _status(ended)
        return Outcome("canary.abort", ended, lambda: ended_text(ended), exit_status=status)

    def confirmed(intended: Intended) -> bool:
        return asked(intended_text(intended), "begin?")

    ended = run_rollout(context, file=file, url=args.url, confirms=_who_confirms(args, confirmed))
    return Outcome("canary.run", ended, lambda: ended_text(ended), exit_status=_status(ended))


def _plan(context: Context, file: str) -> Outcome:
    from codesentinel.operations.canary.rollout import plan_rollout
    from codesentinel.render.canary_rollout_text import intended_text

    intended = plan_rollout(context, file=file)
    return Outcome("canary.plan", intended, lambda: intended_text(intended))


def _stop(context: Context, args: argparse.Namespace, file: str) -> Outcome:
    from codesentinel.operations.canary.rollout_end import stop_splitter

    done = stop_splitter(context, file=file, confirms=_who_confirms(args, lambda text: asked("", text)))
    text = "stopped" if done["stopped"] else "it did not run"
    return Outcome("canary.stop", done, lambda: f"{done['target']}: {text}")


def _who_confirms(args: argparse.Namespace, ask: Callable[[T], bool]) -> Callable[[T], bool] | None:
    if args.yes:
        return lambda _: True
    return ask if sys.stdin is not None and sys.stdin.isatty() else None


def _status(ended: Ended) -> int:
    """The exit status of how it ended."""
    if ended.outcome == PROMOTED:
        return 0
    if ended.outcome == INTERRUPTED or (ended.outcome == ABORTED and ended.by_signal):
        return _INTERRUPTED
    return 1 if ended.outcome == ABORTED or ended.verdict == FAIL else 3
