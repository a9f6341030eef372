"""One way to break codesentinel on purpose."""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """One line of one file, as it is and as it is broken; ``cases`` attack it, one of which has to notice."""

    name: str
    cases: str
    file: str
    old: str
    new: str
