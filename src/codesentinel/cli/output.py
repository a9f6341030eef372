"""Printing: a record as JSON or as text, an error as JSON or as one message."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.errors import CodesentinelError

_COLOURS = {
    "P1": "\x1b[1;31m",
    "P2": "\x1b[1;33m",
    "FAIL": "\x1b[1;31m",
    "WARN": "\x1b[1;33m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "OK": "\x1b[32m",
    "PASS": "\x1b[32m",
    "INCONCLUSIVE": "\x1b[1;33m",
}


class Outcome:
    """What a command hands back: the operation that ran, its record, its text, and the exit status."""

    __slots__ = ("exit_status", "operation", "record", "text")

    def __init__(
        self, operation: str, record: object, text: Callable[[], str], *, exit_status: int = 0
    ) -> None:
        self.operation = operation
        self.record = record
        self.text = text
        self.exit_status = exit_status


def show(outcome: Outcome, *, as_json: bool, colour: bool) -> None:
    """Print the outcome on standard output."""
    if as_json:
        from codesentinel.render.document import envelope

        sys.stdout.write(envelope(outcome.operation, outcome.record, time.time()) + "\n")
    else:
        text = outcome.text()
        sys.stdout.write((painted(text) if colour else text) + "\n")
    sys.stdout.flush()


def show_error(error: CodesentinelError, *, as_json: bool) -> None:
    """Print an error where it is looked for: JSON on standard output, words on standard error."""
    if as_json:
        from codesentinel.render.document import error_envelope

        sys.stdout.write(error_envelope(error.kind, error.message, error.hint) + "\n")
        return
    from codesentinel.render.ascii import escaped

    lines = [escaped(line) for line in error.message.splitlines()]
    lines += [f"hint: {escaped(error.hint)}"] if error.hint else []
    sys.stderr.write("codesentinel: " + "\n".join(lines) + "\n")


def asked(text: str, question: str) -> bool:
    """Whether somebody at the terminal says yes; asked on standard error, apart from the answer."""
    sys.stderr.write(f"{text}\n{question} [y/N] " if text else f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def wants_colour(*, refused: bool) -> bool:
    """Colour only in a terminal, and never against ``NO_COLOR``."""
    return not refused and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def painted(text: str) -> str:
    """Colour the first word of each line that opens with a severity or an outcome."""
    lines = []
    for line in text.split("\n"):
        word = line.split(" ", 1)[0]
        colour = _COLOURS.get(word)
        lines.append(f"{colour}{word}\x1b[0m{line[len(word) :]}" if colour else line)
    return "\n".join(lines)
