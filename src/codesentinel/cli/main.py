"""``codesentinel``: find the command, run it in its context, print what it says, exit by it.

Only the file of the command that was typed is imported: start-up is part of the product.
"""

from __future__ import annotations

import gc
import sys

from codesentinel import __version__
from codesentinel.cli.commands import COMMANDS, GROUPS, below, help_text, split_command
from codesentinel.model.errors import CodesentinelError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

INTERRUPTED = 130
_GC_THRESHOLDS = (20_000, 10, 10)  # a short command makes no garbage worth looking for


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    gc.set_threshold(*_GC_THRESHOLDS)
    name, _ = split_command(words)
    if ("--help" in words or "-h" in words) and (not name or _is_group(name)):
        sys.stdout.write(help_text(name) + "\n")
        return 0
    if not name and "--version" in words:
        sys.stdout.write(f"codesentinel {__version__}\n")
        return 0
    if name == "satellites hook" and "--help" not in words and "-h" not in words:
        from codesentinel.cli.satellites_hook import never_fail

        return never_fail(words)
    return guarded(lambda: run_parsed(parse(words)), words)


def guarded(run: Callable[[], int], words: list[str]) -> int:
    """The exit status of a command; whatever goes wrong becomes one message, and the status that fits."""
    try:
        return run()
    except CodesentinelError as exc:
        if "--debug" in words:
            raise
        return _told(exc, words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; say nothing more
        return 0
    except Exception as exc:  # the edge: whatever is not ours becomes one message
        if "--debug" in words:
            raise
        if isinstance(exc, ModuleNotFoundError):
            from codesentinel.cli.missing import not_installed

            missing = not_installed(exc)
            if missing is not None:
                return _told(missing, words)
        hint = "this is a defect of codesentinel; run again with --debug and report the traceback"
        return _told(CodesentinelError(f"{type(exc).__name__}: {exc}", hint=hint), words)


def _told(error: CodesentinelError, words: list[str]) -> int:
    """Print the error the way it was asked for; its exit status."""
    from codesentinel.cli.output import show_error

    show_error(error, as_json="--json" in words)
    return error.exit_status


def parse(words: list[str]) -> argparse.Namespace:
    """The options of one command line; ``run`` among them is the function to call.

    Raises:
        UsageError: no such command or option.
    """
    name, rest = split_command(words)
    if not name:
        raise UsageError("no command given", hint="see `codesentinel --help`")
    if _is_group(name):
        known = ", ".join(word for word, _ in below(name))
        raise UsageError(f"{name} needs one more word: {known}", hint=f"see `codesentinel {name} --help`")
    summary, file = next(((text, file) for known, text, file in COMMANDS if known == name), ("", ""))
    if not file:
        raise UsageError(f"no such command: {name}", hint=f"see `codesentinel {_parent(name)}--help`")
    import importlib

    from codesentinel.cli.options import Parser, add_global_options

    parser = Parser(prog=f"codesentinel {name}", description=f"{summary[0].upper()}{summary[1:]}.")
    importlib.import_module(f"codesentinel.cli.{file}").add_to(parser, name)
    add_global_options(parser)
    return parser.parse_args(rest)


def _is_group(name: str) -> bool:
    return any(name == group for group, _ in GROUPS)


def _parent(name: str) -> str:
    """The words before the last, and a space; nothing where there are none."""
    return name[: name.rfind(" ") + 1]


def run_parsed(args: argparse.Namespace) -> int:
    """Run the function that the options name, in the context that they say, and print its outcome."""
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
