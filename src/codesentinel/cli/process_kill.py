"""``codesentinel memory process kill``."""

from __future__ import annotations

import sys

from codesentinel.cli.options import duration, examples
from codesentinel.cli.output import Outcome, asked
from codesentinel.cli.process_views import add_pid

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.model.kill import KillPlan
    from codesentinel.operations.base import Context

_WORDS = "codesentinel memory process"


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``kill``."""
    add_pid(parser)
    parser.add_argument("--force", action="store_true", help="send SIGKILL to what SIGTERM does not end")
    parser.add_argument("--tree", action="store_true", help="also end all below it; all is stopped first")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why; recorded (required with --yes --force)"
    )
    parser.add_argument(
        "--grace",
        type=duration,
        default=5.0,
        metavar="DURATION",
        help="how long SIGTERM may take (5s)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be ended, and signal nothing")
    parser.description = (
        "End a process, and be sure that it is that one. Exit status: 0 ended, 1 alive or not confirmed,\n"
        "3 no such process, 4 refused."
    )
    parser.epilog = examples(
        f"{_WORDS} kill --pid 4711:58836-a3f1 --reason 'holds the deploy lock'",
        f"{_WORDS} kill --pid 4711 --tree --yes --force --reason 'runaway build'",
        f"{_WORDS} kill --pid 4711 --dry-run",
    )
    parser.set_defaults(run=_kill)


def _kill(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.process.kill import kill
    from codesentinel.operations.process.permit import Asker
    from codesentinel.render.kill_text import outcome_text, plan_text

    class Terminal(Asker):
        """Asks at the terminal."""

        def confirms(self, plan: KillPlan) -> bool:
            return asked(plan_text(plan), "end it?")

        def insists(self, plan: KillPlan, because: str) -> bool:
            return asked(f"{plan.process.handle}: {because}", "send SIGKILL?")

    outcome = kill(
        context,
        pid=args.pid,
        force=args.force,
        yes=args.yes,
        reason=args.reason,
        tree=args.tree,
        grace_seconds=args.grace,
        dry_run=args.dry_run,
        asker=Terminal() if sys.stdin is not None and sys.stdin.isatty() else None,
    )
    return Outcome("process.kill", outcome, lambda: outcome_text(outcome), exit_status=outcome.exit_status)
