"""``codesentinel satellites health``, ``review`` and ``feedback``."""

from __future__ import annotations

from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

_WORDS = "codesentinel satellites"


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    add, run, lines = _LEAVES[name.rpartition(" ")[2]]
    add(parser)
    parser.epilog = examples(*(f"{_WORDS} {line}" for line in lines))
    parser.set_defaults(run=run)


def _add_health(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--procedure", default="", metavar="ID", help="only this one, or this satellite")
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="RFC 3339, or how long ago; whole days (default: all)"
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="the same (default: now)")
    parser.add_argument("--agent", default="", metavar="NAME", help="only runs by this agent")


def _health(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.health import health
    from codesentinel.render.procedure_health_text import health_text

    found = health(context, procedure=args.procedure, since=args.since, until=args.until, agent=args.agent)
    return Outcome("satellites.health", found, lambda: health_text(found))


_LEAVES = {
    "health": (
        _add_health,
        _health,
        ("health", "health --procedure github/PROC-1 --since 30d", "health --agent claude-code --json"),
    ),
}
