"""``codesentinel satellites health``, ``review`` and ``feedback``."""

from __future__ import annotations

from codesentinel.cli.options import add_fleet, add_leaf, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    add_leaf(parser, name, _LEAVES)


def _add_health(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--procedure", default="", metavar="ID", help="only this one, or this satellite")
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="RFC 3339, or how long ago; whole days (default: all)"
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="the same (default: now)")
    parser.add_argument("--agent", default="", metavar="NAME", help="only runs by this agent")
    add_fleet(parser)


def _health(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.health import health
    from codesentinel.render.procedure_health_text import health_text

    found = health(
        context,
        procedure=args.procedure,
        since=args.since,
        until=args.until,
        agent=args.agent,
        fleet=args.fleet,
    )
    return Outcome("satellites.health", found, lambda: health_text(found))


def _add_review(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quarter", default="", metavar="YEARQn", help="such as 2026Q4 (default: this one)")
    parser.add_argument("--output", metavar="PATH.md", help="write the report as Markdown, too")


def _review(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.review import review, save
    from codesentinel.render.procedure_review_markdown import quarter_text

    found = review(context, quarter=args.quarter)
    if args.output:
        save(context, found, args.output)
    return Outcome("satellites.review", found, lambda: quarter_text(found))


def _add_feedback(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "procedure", nargs="?", default="", metavar="PROC", help="such as github/PROC-1; or --run"
    )
    parser.add_argument("--clarity", type=int, metavar="1..5", help="1 cannot be followed, 5 leaves no doubt")
    parser.add_argument("--usefulness", type=int, metavar="1..5", help="1 is in the way, 5 was needed")
    parser.add_argument("--comment", default="", metavar="TEXT", help="why; secrets are taken out")
    parser.add_argument("--run", dest="about", default="", metavar="ID", help="the run that it is about")


def _feedback(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.satellites.feedback import feedback
    from codesentinel.render.ascii import escaped

    said = feedback(
        context,
        procedure=args.procedure,
        clarity=args.clarity,
        usefulness=args.usefulness,
        comment=args.comment,
        run=args.about,
    )
    version = f" ({escaped(said.version[:8])})" if said.version else ""
    return Outcome("satellites.feedback", said, lambda: f"recorded: {escaped(said.procedure)}{version}")


_LEAVES = {
    "health": (
        _add_health,
        _health,
        ("health", "health --procedure github/PROC-1 --since 30d", "health --agent claude-code --json"),
    ),
    "review": (
        _add_review,
        _review,
        ("review", "review --quarter 2026Q4 --output docs/satellites-2026Q4.md"),
    ),
    "feedback": (
        _add_feedback,
        _feedback,
        (
            "feedback github/PROC-1 --clarity 2 --usefulness 4 --comment 'step 3 names no branch'",
            "feedback --run 0192a1b2-0000-7000-8000-000000000000 --clarity 5",
        ),
    ),
}
