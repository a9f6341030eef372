"""``codesentinel alerts quality``."""

from __future__ import annotations

from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Its options."""
    parser.description = (
        "Say how often each alert fired, for how long, whether it came again at once, and whether anybody"
        " acted on it; and what to change: a longer wait, another threshold, or nothing at all."
    )
    parser.epilog = examples(
        "codesentinel alerts quality",
        "codesentinel alerts quality --since 7d --json",
    )
    parser.add_argument(
        "--since",
        metavar="WHEN",
        type=moment,
        default=None,
        help="a time, or how long ago (default: 30d)",
    )
    parser.set_defaults(run=_quality)


def _quality(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.alert_quality import quality
    from codesentinel.render.alert_quality_text import alert_quality_text

    with SampleBar(args) as bar:
        found = quality(context, since=args.since, progress=bar)
    return Outcome("alerts.quality", found, lambda: alert_quality_text(found))
