"""``codesentinel canary simulate``."""

from __future__ import annotations

from codesentinel.cli.canary_options import add_canary_config
from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The traffic that is expected, and the harm that should be found."""
    add_canary_config(parser)
    parser.add_argument(
        "--requests-per-minute", type=float, required=True, metavar="N", help="of both arms together"
    )
    parser.add_argument(
        "--canary-share", type=float, default=0.5, metavar="RATIO", help="of the requests (%(default)s)"
    )
    parser.add_argument(
        "--error-ratio", type=float, default=0.001, metavar="RATIO", help="of the baseline (%(default)s)"
    )
    parser.add_argument(
        "--harm",
        type=float,
        action="append",
        metavar="FACTOR",
        help="times as many slow or failed requests, or as much of a resource; may be repeated"
        " (1, 1.1, 1.25, 1.5, 2, 5)",
    )
    parser.add_argument("--runs", type=int, default=100, metavar="N", help="simulated for each (%(default)s)")
    parser.description = (
        "Say before a release what a canary at this traffic would find, and how long that takes: how often\n"
        "harm of a size is stopped by the deadline, what passes, and what would be stopped wrongly."
    )
    parser.epilog = examples(
        "codesentinel canary simulate --requests-per-minute 1200",
        "codesentinel canary simulate --requests-per-minute 6000 --canary-share 0.05 --harm 1 --harm 1.5",
    )
    parser.set_defaults(run=_simulate)


def _simulate(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.canary.simulate import HARMS, simulate

    found = simulate(
        context,
        config_path=args.canary_config,
        requests_per_minute=args.requests_per_minute,
        canary_share=args.canary_share,
        error_ratio=args.error_ratio,
        harms=tuple(args.harm or HARMS),
        runs=args.runs,
    )

    def text() -> str:
        from codesentinel.render.canary_power_text import power_text

        return power_text(found)

    return Outcome("canary.simulate", found, text)
