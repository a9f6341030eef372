"""Both command lines as whole argument parsers: what completions and manual pages are made of.

The programs themselves build the parser of the one command that was typed.
"""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING

import shtab

from codesentinel.cli import calamum
from codesentinel.cli.commands import COMMANDS, GROUPS
from codesentinel.cli.options import Parser, add_global_options

if TYPE_CHECKING:
    from collections.abc import Callable

    Add = Callable[[argparse.ArgumentParser, str], object]
    Row = tuple[str, str, Add]

PURPOSE = {
    "codesentinel": "watch what acts on systems, and say what needs attention",
    "calamum": "attack codesentinel on this machine, and prove which of its guards hold",
}
_COMPLETED_AS = {"DIR": shtab.DIRECTORY, "FOLDER": shtab.DIRECTORY, "FILE": shtab.FILE, "PATH": shtab.FILE}


def whole_parser(program: str) -> Parser:
    """The parser of ``codesentinel`` or ``calamum``, with all that is below it."""
    root = Parser(prog=program, description=_sentence(PURPOSE[program]))
    root.add_argument("--version", action="version", version="", help="show the version and exit")
    add_global_options(root)
    parsers, below = {"": root}, {}
    for name, summary, add in _rows(program):
        parent, _, word = name.rpartition(" ")
        if parent not in below:
            below[parent] = parsers[parent].add_subparsers(metavar="COMMAND", parser_class=Parser)
        parser = below[parent].add_parser(word, help=summary, description=_sentence(summary))
        add(parser, name)
        add_global_options(parser)
        parsers[name] = parser
    for parser in parsers.values():
        for action in parser._actions:  # noqa: SLF001 -- argparse shows them nowhere else
            kind = _COMPLETED_AS.get(str(action.metavar).split(".")[0])
            if kind is not None:
                action.complete = kind  # type: ignore[attr-defined]
    return root


def subparsers(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[Parser]:
    """The commands right below a parser that has some."""
    return next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001


def _rows(program: str) -> list[Row]:
    """Every group, then every command: its name, what it does, what adds its options."""
    if program == "calamum":
        return [(name, summary, calamum.add_to) for name, summary in calamum.COMMANDS.items()]
    groups: list[Row] = [(name, summary, _nothing) for name, summary in GROUPS]
    return groups + [(name, summary, _adder(file)) for name, summary, file in COMMANDS]


def _adder(file: str) -> Add:
    add: Add = importlib.import_module(f"codesentinel.cli.{file}").add_to
    return add


def _nothing(parser: argparse.ArgumentParser, name: str) -> None:
    """A group has no options of its own."""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
