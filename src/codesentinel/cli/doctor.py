"""``codesentinel doctor``."""

from __future__ import annotations

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """It takes no options of its own."""
    parser.epilog = examples("codesentinel doctor", "codesentinel doctor --json")
    parser.set_defaults(run=_doctor)


def _doctor(context: Context, _: argparse.Namespace) -> Outcome:
    from codesentinel.operations.doctor import doctor
    from codesentinel.render.check_text import check_text

    checks = doctor(context)
    failed = any(check.outcome == "FAIL" for check in checks)
    return Outcome("doctor", {"checks": checks}, lambda: check_text(checks), exit_status=1 if failed else 0)
