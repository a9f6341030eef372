"""``codesentinel trends feedback``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The verdict, and whose finding it is on."""
    parser.add_argument("verdict", choices=("useful", "noise"), help="whether the finding helped")
    parser.add_argument("subject", metavar="SUBJECT", help="of the finding, as `review --json` has it")
    parser.epilog = examples(
        """codesentinel trends feedback noise 'instance:node_cpu_busy:ratio_rate{instance="a"}'""",
        """codesentinel trends feedback useful 'service:http_server_requests:rate{service="shop"}'""",
    )
    parser.set_defaults(run=_feedback)


def _feedback(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.trends.feedback import feedback
    from codesentinel.render.ascii import escaped

    said = feedback(context, args.verdict, args.subject)
    return Outcome("trends.feedback", said, lambda: f"{escaped(said.subject)}: {said.explanation}")
