"""``codesentinel review``."""

from __future__ import annotations

from codesentinel.cli.options import add_fleet, examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """How far back, and where the report goes."""
    from codesentinel.cli.options import duration

    parser.add_argument(
        "--since", type=duration, metavar="DURATION", help="history to draw trends from (30d)"
    )
    parser.add_argument("--output", metavar="PATH.md", help="write the report as Markdown, too")
    add_fleet(parser)
    parser.epilog = examples(
        "codesentinel review",
        "codesentinel review --since 7d --output docs/review.md",
        "codesentinel review --json | jq '.data.findings[] | select(.severity != \"info\")'",
    )
    parser.set_defaults(run=_review)


def _review(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations import review
    from codesentinel.render.review_text import review_text

    report = review.review(context, since_seconds=args.since, fleet=args.fleet)
    if args.output:
        review.save(context, report, args.output)
    return Outcome("review", report, lambda: review_text(report), exit_status=report.exit_status)
