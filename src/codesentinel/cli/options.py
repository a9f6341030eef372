"""The options every command has, before or after its words."""

from __future__ import annotations

import argparse
import os

from codesentinel.cli.commands import GLOBAL_OPTIONS
from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Never

    Leaf = tuple[Callable[[argparse.ArgumentParser], object], Callable[..., Any], Sequence[str]]

_COLUMNS = 80  # where no terminal says otherwise


argparse._ = str  # type: ignore[attr-defined]  # our help is in English: nothing is looked up in catalogues


class _Help(argparse.RawDescriptionHelpFormatter):
    """Knows its width without importing ``shutil``, which argparse does for every option that is added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class Parser(argparse.ArgumentParser):
    """An ``ArgumentParser`` that takes no abbreviations and reports misuse as our own error."""

    takes_command = False
    """Whether what stands behind `--` is a command line of somebody else, kept whole in ``command``."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("formatter_class", _Help)
        super().__init__(**{**kwargs, "allow_abbrev": False})  # type: ignore[arg-type]

    def knows(self, option: str) -> bool:
        """Whether there is such an option already."""
        return option in self._option_string_actions

    def parse_args(self, args: list[str], namespace: None = None) -> argparse.Namespace:  # type: ignore[override]
        """The options; a command behind `--` may stand behind any of them."""
        at = args.index("--") if self.takes_command and "--" in args else len(args)
        found = super().parse_args(args[:at], namespace)
        if self.takes_command:
            found.command = args[at + 1 :]
        return found

    def error(self, message: str) -> Never:
        """Raise instead of exiting, so that ``--json`` is answered in JSON."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Add the shared options; absent ones stay unset so that one level never undoes another."""
    group = parser.add_argument_group("global options", argument_default=argparse.SUPPRESS)
    for name, metavar, text in GLOBAL_OPTIONS:
        if isinstance(parser, Parser) and parser.knows(name):
            continue  # the command has a use of its own for the word
        if metavar:
            group.add_argument(name, metavar=metavar, help=text)
        else:
            group.add_argument(name, action="store_true", help=text)


def add_leaf(parser: argparse.ArgumentParser, name: str, leaves: Mapping[str, Leaf]) -> None:
    """The options of one command of a group, the function that runs it, and the examples of its help.

    ``leaves`` has for the last word of the command what adds its options, what runs it, and the examples,
    without the words of the group.
    """
    group, _, word = name.rpartition(" ")
    add, run, lines = leaves[word]
    add(parser)
    parser.epilog = examples(*(f"codesentinel {group} {line}" for line in lines))
    parser.set_defaults(run=run)


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """Whose records are read."""
    parser.add_argument(
        "--fleet",
        default="",
        metavar="URL",
        help="of all hosts that deliver to this store (setting: fleet.url); `none`: of this workspace",
    )


def _columns() -> int:
    """How wide the terminal is."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(1).columns or _COLUMNS
    except OSError:
        return _COLUMNS


def examples(*lines: str) -> str:
    """The epilog of a command's help."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


def duration(text: str) -> float:
    """An option's value as seconds.

    Raises:
        argparse.ArgumentTypeError: it is no duration.
    """
    from codesentinel.model.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def moment(text: str) -> float:
    """An option's value as seconds since the epoch: RFC 3339, or how long ago.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    import time

    from codesentinel.model.moment import parse_moment

    try:
        return parse_moment(text, time.time())
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
