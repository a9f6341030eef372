"""What a setting may be, beside its type."""

from __future__ import annotations

from typing import NamedTuple


class Between(NamedTuple):
    """Inclusive bounds of a number."""

    low: float
    high: float


class OneOf(NamedTuple):
    """The words allowed."""

    words: tuple[str, ...]


class Secret:
    """Taken from the environment only; refused in a file, which might be committed."""


SECONDS = "seconds"  # accepts a number or a duration such as "5m"
