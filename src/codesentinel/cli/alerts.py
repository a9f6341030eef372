"""``codesentinel alerts build``."""

from __future__ import annotations

from codesentinel.cli.generated import add_options, outcome
from codesentinel.cli.options import examples

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.cli.output import Outcome
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``alerts build``."""
    parser.description = "Write Prometheus' rules and Alertmanager's routing, ready to deploy, from the code."
    parser.epilog = examples(
        "codesentinel alerts build",
        "codesentinel alerts build --output /etc/monitoring",
        "codesentinel alerts build --check    # in CI: exit 1 when a committed file differs",
    )
    add_options(parser, "infrastructure")
    parser.set_defaults(run=_build)


def _build(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.alerts import build

    built = build(context, output=args.output, metrics=args.metrics, check=args.check)
    return outcome("alerts.build", built, check=args.check)
