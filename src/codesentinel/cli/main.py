"""``codesentinel``: find the command, run it in its context, print what it says, exit by it.

Only the file of the command that was typed is imported: start-up is part of the product.
"""

from __future__ import annotations

import importlib
import os
import sys

from codesentinel import __version__
from codesentinel.cli.commands import COMMANDS
from codesentinel.cli.options import Parser, add_global_options, examples
from codesentinel.model.errors import CodesentinelError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json, debug = "--json" in words, "--debug" in words
    from codesentinel.cli import output

    try:
        return _run(_parse(words))
    except CodesentinelError as exc:
        if debug:
            raise
        output.show_error(exc, as_json=as_json)
        return exc.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; say nothing more
        return 0
    except Exception as exc:
        if debug:
            raise
        hint = "this is a defect of codesentinel; run again with --debug and report the traceback"
        output.show_error(CodesentinelError(f"{type(exc).__name__}: {exc}", hint=hint), as_json=as_json)
        return 1


def _parse(words: Sequence[str]) -> argparse.Namespace:
    args = build_parser(words).parse_args(words)
    if not hasattr(args, "run"):
        raise UsageError("no command given", hint="see `codesentinel --help`")
    return args


def build_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser: every command's name and summary, and the options of those that occur in ``words``."""
    parser = Parser(
        prog="codesentinel",
        description="Measures what acts on this system and says what needs attention.",
        epilog=examples("codesentinel up", "codesentinel review --since 24h", "codesentinel COMMAND --help"),
    )
    parser.add_argument("--version", action="version", version=f"codesentinel {__version__}")
    add_global_options(parser)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", parser_class=Parser)
    for name, summary, file in COMMANDS:
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name in words:
            importlib.import_module(f"codesentinel.cli.{file}").add_to(command, name)
            add_global_options(command)
    return parser


def _run(args: argparse.Namespace) -> int:
    from codesentinel.cli import output
    from codesentinel.operations.base import open_context

    quiet = getattr(args, "quiet", False)
    context = open_context(
        getattr(args, "workspace", ""),
        getattr(args, "config", ""),
        tell=(lambda _: None) if quiet else None,
    )
    outcome: output.Outcome | None = args.run(context, args)
    if outcome is None:  # the command printed as it went
        return 0
    colour = output.wants_colour(refused=getattr(args, "no_color", False))
    output.show(outcome, as_json=getattr(args, "json", False), colour=colour)
    return outcome.exit_status


if __name__ == "__main__":
    sys.exit(main())
