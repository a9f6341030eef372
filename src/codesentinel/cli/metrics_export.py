"""``codesentinel metrics export``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.cli.metrics_backfill import add_wanted, wanted_of
from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome
from codesentinel.cli.progress import SampleBar

if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Which series, and the file."""
    add_wanted(parser.add_argument_group("which series"))
    parser.add_argument("--output", required=True, metavar="FILE", help="ends in .parquet, .csv or .jsonl")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.add_argument("--metric", metavar="NAME", default="", help="the name of what has none")
    parser.add_argument("--url", metavar="URL", default="", help="server (default: the long history)")
    parser.epilog = examples(
        "codesentinel metrics export --match node_load1 --since 90d --output load.parquet",
        "codesentinel metrics export --match '{job=\"shop\"}' --since 7d --output shop.csv",
        "codesentinel metrics export --match 'rate(http_requests_total[5m])' --metric rate --step 5m \\\n"
        "      --since 30d --output rate.parquet",
    )
    parser.set_defaults(run=_export)


def _export(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.export import export
    from codesentinel.render.backfill_text import exported_text

    wanted = wanted_of(args)
    with SampleBar(args) as bar:
        done = export(
            context,
            path=args.output,
            wanted=wanted,
            url=args.url,
            overwrite=args.overwrite,
            progress=bar,
        )
    return Outcome("metrics.export", done, lambda: exported_text(done))
