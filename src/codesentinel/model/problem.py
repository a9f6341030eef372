"""Problem: what a check finds wrong with a dashboard or a rule, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(Enum):
    """How bad: an error does not work or shows what is not so; a warning works, but ages badly."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """One mistake; ``place`` is a path in the file such as ``panels[3].fieldConfig``."""

    check: str
    level: Level
    file: str
    line: int
    place: str
    subject: str
    message: str
    mend: str


class Demand(NamedTuple):
    """What a check demands; ``needs_server`` where only a server's answers can tell."""

    name: str
    level: Level
    about: str
    mend: str
    needs_server: bool = False


class Suppressed(NamedTuple):
    """A problem that somebody accepts, and why."""

    problem: Problem
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, by which checks, and what is wrong with it.

    ``left_out`` names the checks that were not made for want of a server; ``queries`` were run against
    ``server``. ``others`` are files that hold nothing of the kind.
    """

    files: tuple[str, ...]
    checks: tuple[Demand, ...]
    problems: tuple[Problem, ...]
    suppressed: tuple[Suppressed, ...] = ()
    left_out: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    server: str = ""
    queries: int = 0

    @property
    def succeeded(self) -> bool:
        """For the log."""
        return not self.problems

    @property
    def counts(self) -> Mapping[str, int]:
        """How many problems there are of each level."""
        return {level.value: sum(p.level is level for p in self.problems) for level in Level}

    def as_document(self) -> Mapping[str, Any]:
        """All fields, and the counts."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"checks": [check.name for check in self.checks], "counts": self.counts}
