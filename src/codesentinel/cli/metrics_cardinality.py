"""``codesentinel metrics cardinality``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome
from codesentinel.model.cardinality import Limits

if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The server, and what is too many."""
    usual = Limits()
    parser.add_argument("--url", metavar="URL", default="", help="server (default: the stack's Prometheus)")
    parser.add_argument(
        "--label-values", type=int, default=usual.label_values, metavar="N",
        help="values of a label that are still fine (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--metric-series", type=int, default=usual.metric_series, metavar="N",
        help="series of a metric that are still fine (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--churn-ratio", type=float, default=usual.churn_ratio, metavar="R",
        help="new series an hour for each that a job has (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--churn-series", type=int, default=usual.churn_series, metavar="N",
        help="so few new series an hour are always fine (default: %(default)s)",
    )  # fmt: skip
    parser.description = (
        "Say which metric and which label have too many series, what the values look like, and what to do.\n"
        "Exit status: 1 when anything is beyond its limit, else 0."
    )
    parser.epilog = examples(
        "codesentinel metrics cardinality",
        "codesentinel metrics cardinality --url http://127.0.0.1:8428 --label-values 500",
        "codesentinel metrics cardinality --json | jq -r '.data.findings[].evidence.metric_relabel_configs'",
    )
    parser.set_defaults(run=_cardinality)


def _cardinality(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.cardinality import cardinality
    from codesentinel.render.cardinality_text import cardinality_text

    limits = Limits(args.label_values, args.metric_series, args.churn_ratio, args.churn_series)
    found = cardinality(context, url=args.url, limits=limits)
    return Outcome(
        "metrics.cardinality", found, lambda: cardinality_text(found), exit_status=found.exit_status
    )
