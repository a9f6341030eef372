"""One way to break codesentinel on purpose."""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """One line of one file, as it is and as it is broken."""

    name: str
    target: str
    file: str
    old: str
    new: str
