"""Which processes are meant: a term, or ``key:regexp``."""

from __future__ import annotations

import re

from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.process import Process

KEYS = ("name", "user", "status", "pid", "ppid", "argv")


class ProcessFilter:
    """Matches a term in the name or the command line, or a regular expression in one field.

    The command line is matched in full and shown as its shape, so that a filter finds what it cannot show.

    Args:
        text: ``nginx``, ``user:^www``, ``argv:gunicorn.*shop``; empty matches everything.

    Raises:
        UsageError: no such key, or no valid regular expression.
    """

    __slots__ = ("_key", "_pattern", "_term")

    def __init__(self, text: str) -> None:
        key, colon, expression = text.partition(":")
        self._key = key if colon and key in KEYS else ""
        self._term = text.lower()
        if colon and not self._key and key.isalpha():
            raise UsageError(
                f"no such filter key: {key!r}", hint=f"one of {', '.join(KEYS)}, or a term without ':'"
            )
        try:
            self._pattern = re.compile(expression if self._key else "", re.IGNORECASE)
        except re.error as exc:
            raise UsageError(
                f"--filter {text!r}: {exc}", hint="give a regular expression after the key"
            ) from exc

    @property
    def wants_argv(self) -> bool:
        """Whether command lines must have been read."""
        return self._key == "argv" or (not self._key and bool(self._term))

    @property
    def wants_username(self) -> bool:
        """Whether login names must have been looked up."""
        return self._key == "user"

    def matches(self, process: Process) -> bool:
        """Whether this process is meant."""
        if not self._term:
            return True
        command = " ".join(process.argv) if process.argv is not None else process.argv_shape
        if not self._key:
            return self._term in process.name.lower() or self._term in command.lower()
        value = {
            "name": process.name,
            "user": process.username,
            "status": process.status,
            "pid": str(process.pid),
            "ppid": str(process.ppid),
            "argv": command,
        }[self._key]
        return self._pattern.search(value) is not None
