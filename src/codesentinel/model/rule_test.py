"""Rule tests: what the servers' own tools say of rules, of their unit tests, and of routes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Part(Enum):
    """What is tested."""

    RULES = "rules"
    CASES = "unit tests"
    ROUTING = "routing"
    ROUTES = "routes"


@dataclass(frozen=True, slots=True)
class Tried:
    """One file or route that was tested. ``count`` rules or cases are in it; no problem means it passed."""

    part: Part
    name: str
    count: int = 0
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "part": self.part.value,
            "name": self.name,
            "count": self.count,
            "passed": self.passed,
            "problems": self.problems,
        }


@dataclass(frozen=True, slots=True)
class Untested:
    """An alert without a case in which it fires, or without one in which it is silent."""

    alert: str
    severity: str
    fires: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class RuleTests:
    """Everything that was tested; ``left_out`` says what could not be, and why."""

    tested: tuple[Tried, ...]
    untested: tuple[Untested, ...]
    left_out: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """For the log: whether nothing failed."""
        return all(one.passed for one in self.tested)

    def count(self, part: Part) -> int:
        """How many rules, cases or routes were tested."""
        return sum(one.count for one in self.tested if one.part is part)

    def exit_status(self, *, strict: bool) -> int:
        """1 when something failed, 3 when no case was run: rules without tests are not shown to work."""
        if not self.succeeded or (strict and self.untested):
            return 1
        return 0 if self.count(Part.CASES) else 3

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "succeeded": self.succeeded,
            "counts": {part.value: self.count(part) for part in Part},
            "tested": [one.as_document() for one in self.tested],
            "untested": self.untested,
            "left_out": self.left_out,
        }
