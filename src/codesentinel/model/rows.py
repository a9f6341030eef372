"""Rows of a file that cannot be taken, named by their line."""

from __future__ import annotations

from typing import NamedTuple

_KEPT = 20
LATEST_MS = 253_402_300_799_999
"""The end of the year 9999."""


class BadRow(NamedTuple):
    """One that was not taken, and why; line 0 where no line is to blame."""

    line: int
    message: str


class BadRows:
    """Counts them all and keeps the first."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[BadRow] = []

    def add(self, line: int, message: str) -> None:
        """Note one."""
        self.count += 1
        if len(self.first) < _KEPT:
            self.first.append(BadRow(line, message))


def milliseconds(moment: float) -> int:
    """Of a time in milliseconds, rounded, the whole ones that servers keep.

    Raises:
        ValueError: it is no moment of the years 1970 to 9999.
    """
    if not 0 < moment <= LATEST_MS:
        raise ValueError(f"{moment / 1000:.15g} s since 1970 is no time within the years 1970 to 9999")
    return round(moment)


def number(text: str | bytes) -> float:
    """The number that a text holds: what ``float`` takes, less the underscores that only Python reads.

    Raises:
        ValueError: it holds none.
    """
    if (b"_" if isinstance(text, bytes) else "_") in text:  # type: ignore[operator]
        raise ValueError(f"not a number: {shown(text)}")
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"not a number: {shown(text)}") from None


def shown(text: str | bytes) -> str:
    """A part of a file as it stands in a message."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
