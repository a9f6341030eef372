"""``codesentinel alerts test``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """Its options."""
    parser.description = (
        "Check rules with promtool, run their unit tests, check the routing with amtool, and try where alerts"
        " go. Says which alerts have no case in which they fire, or none in which they are silent."
    )
    parser.epilog = examples(
        "codesentinel alerts test",
        "codesentinel alerts test --strict    # in CI: an alert without both cases fails, too",
        "codesentinel alerts test --rules rules --tests rules/tests --alertmanager alertmanager.yml",
    )
    parser.add_argument(
        "--rules",
        metavar="DIR",
        default="",
        help="folder or file with rules (default: infrastructure/prometheus/rules)",
    )
    parser.add_argument(
        "--tests",
        metavar="DIR",
        default="",
        help="folder with unit tests for promtool and files with `routes` (default: tests beside the rules)",
    )
    parser.add_argument(
        "--alertmanager",
        metavar="FILE",
        default="",
        help="its configuration (default: infrastructure/alertmanager/alertmanager.yml)",
    )
    parser.add_argument("--strict", action="store_true", help="an alert without both cases is a failure")
    parser.set_defaults(run=_test)


def _test(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.alert_tests import prove
    from codesentinel.render.rule_test_text import rule_tests_text

    found = prove(context, rules=args.rules, tests=args.tests, routing=args.alertmanager)
    status = found.exit_status(strict=args.strict)
    return Outcome("alerts.test", found, lambda: rule_tests_text(found), exit_status=status)
