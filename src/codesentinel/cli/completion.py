"""``codesentinel completion``."""

from __future__ import annotations

import sys

from codesentinel.cli.options import examples
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context

SHELLS = ("bash", "zsh", "fish", "tcsh")


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The shell, and which program."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete commands and options")
    parser.add_argument(
        "--program", choices=("codesentinel", "calamum"), default="codesentinel", help="of which program"
    )
    parser.epilog = examples(
        'eval "$(codesentinel completion bash)"',
        "codesentinel completion zsh > ~/.zfunc/_codesentinel",
        "codesentinel completion fish > ~/.config/fish/completions/codesentinel.fish",
        "codesentinel completion bash --program calamum",
    )
    parser.set_defaults(run=_completion)


def _completion(_: Context, args: argparse.Namespace) -> Outcome | None:
    import shtab

    from codesentinel.cli.whole import whole_parser

    script = shtab.complete(whole_parser(args.program), shell=args.shell)
    if getattr(args, "json", False):
        record = {"shell": args.shell, "program": args.program, "script": script}
        return Outcome("completion", record, lambda: script)
    sys.stdout.write(script)
    return None
