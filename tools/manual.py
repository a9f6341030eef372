"""Write docs/man/*.1 from the code: a manual page for each program, and one for each of its first words.

Usage: python tools/manual.py [--check]
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from argparse_manpage.manpage import Manpage

from codesentinel import __version__
from codesentinel.cli.options import Parser
from codesentinel.cli.whole import PURPOSE, subparsers, whole_parser

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "man"
WIDTH = "80"
STATUSES = {
    "codesentinel": (
        ("0", "Fine."),
        ("1", "A negative verdict, or a check that failed."),
        ("2", "Wrong use or configuration."),
        ("3", "Could not judge: no such process, no data, a server that does not answer."),
        ("4", "Refused by a guard."),
        ("130", "Interrupted."),
    ),
    "calamum": (
        ("0", "All that ran held."),
        ("1", "A guard failed."),
        ("2", "Wrong use."),
        ("3", "Nothing could run."),
        ("4", "Something was left behind."),
        ("130", "Interrupted, after everything was ended."),
    ),
}


def main() -> int:
    """Write the pages; with --check, 1 when one differs."""
    os.environ["COLUMNS"] = WIDTH
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.1")}
    differing = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if "--check" not in sys.argv:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in there.keys() - wanted.keys():
            (FOLDER / name).unlink()
        for name in differing:
            if name in wanted:
                (FOLDER / name).write_text(wanted[name], encoding="utf-8")
    print(f"{len(wanted)} manual pages, {len(differing)} changed: {', '.join(differing) or 'none'}")
    return 1 if differing and "--check" in sys.argv else 0


def pages() -> dict[str, str]:
    """File name to text."""
    found = {"calamum.1": page(whole_parser("calamum"), "calamum", PURPOSE["calamum"])}
    words = subparsers(whole_parser("codesentinel"))
    summaries = {choice.dest: str(choice.help) for choice in words._choices_actions}  # noqa: SLF001
    for word, parser in words.choices.items():
        found[f"codesentinel-{word}.1"] = page(parser, f"codesentinel {word}", summaries[word])
    found["codesentinel.1"] = page(front(summaries), "codesentinel", PURPOSE["codesentinel"])
    return found


def front(summaries: dict[str, str]) -> Parser:
    """The program with its first words alone: each has a page of its own."""
    parser = Parser(prog="codesentinel", description=whole_parser("codesentinel").description)
    words = parser.add_argument_group("commands")
    for word, summary in summaries.items():
        words.add_argument(word, metavar=word, help=f"{summary}; see codesentinel-{word}(1)")
    return parser


def page(parser: argparse.ArgumentParser, prog: str, summary: str) -> str:
    """One page, in roff."""
    with_examples(parser)
    date = re.findall(r"(?m)^## \[.*\] - (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]
    facts = {
        "date": date,
        "project_name": "codesentinel",
        "version": __version__,
        "manual_title": "codesentinel manual",
        "description": summary,
    }
    made = Manpage(parser, facts, format="single-commands-section")
    made.prog = prog.replace(" ", "-")
    if prog == "codesentinel":
        made.synopsis = ["codesentinel", "COMMAND", "[options]"]
    rows = "\n".join(f".TP\n.B {status}\n{what}" for status, what in STATUSES[prog.split(maxsplit=1)[0]])
    made.add_section("exit status", "=", rows)
    if prog != "codesentinel":
        made.add_section("see also", "=", ".BR codesentinel (1)")
    return str(made)


def with_examples(parser: argparse.ArgumentParser) -> None:
    """Move the examples of a command, and of all below it, to where its page shows them."""
    parser.description, parser.epilog = "\n\n".join(filter(None, (parser.description, parser.epilog))), None
    if parser._subparsers:  # noqa: SLF001
        for below in subparsers(parser).choices.values():
            with_examples(below)


if __name__ == "__main__":
    sys.exit(main())
