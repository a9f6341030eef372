"""Check: a name, what it demands, how to mend what it finds, and the function that looks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.problem import Demand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codesentinel.mixin.checks.dashboards import Dashboard
    from codesentinel.mixin.checks.routing import Routing
    from codesentinel.mixin.checks.rulefiles import Rule, RuleFile
    from codesentinel.model.facts import Facts
    from codesentinel.model.problem import Level


class Fault(NamedTuple):
    """Something wrong at a place; ``mend`` only where it differs from what the check says."""

    place: str
    message: str
    mend: str = ""


class Subject(Enum):
    """What a check looks at."""

    DASHBOARD = "dashboard"
    RULES = "rules"
    ROUTING = "routing"


class Check(NamedTuple):
    """``needs_server`` marks a check that judges what a server answered, and is left out without one."""

    name: str
    subject: Subject
    level: Level
    about: str
    mend: str
    examine: Callable[[Any, World], Iterable[Fault]]
    needs_server: bool = False

    @property
    def demand(self) -> Demand:
        """What it demands, for those who only read its findings."""
        return Demand(self.name, self.level, self.about, self.mend, self.needs_server)


class Wishes(NamedTuple):
    """What the people whose files these are have agreed on."""

    severities: tuple[str, ...] = ("P1", "P2")
    scrape_interval_seconds: float = 15.0
    slow_seconds: float = 1.0


_USUAL = Wishes()


@dataclass(frozen=True)
class World:
    """Everything that is checked together, and what is known about it.

    ``files`` are the paths named by runbook links that exist. ``facts`` is None where no server was asked.
    """

    dashboards: tuple[Dashboard, ...] = ()
    rule_files: tuple[RuleFile, ...] = ()
    routings: tuple[Routing, ...] = ()
    wishes: Wishes = _USUAL
    files: frozenset[str] = frozenset()
    facts: Facts | None = None

    @cached_property
    def uids(self) -> Mapping[str, list[str]]:
        """The files in which a uid stands."""
        found = defaultdict(list)
        for dashboard in self.dashboards:
            found[dashboard.uid].append(dashboard.file)
        return found

    @cached_property
    def titles(self) -> Mapping[tuple[str, str], list[str]]:
        """The files of a folder that hold a dashboard of a title."""
        found = defaultdict(list)
        for dashboard in self.dashboards:
            found[dashboard.folder, dashboard.title].append(dashboard.file)
        return found

    @cached_property
    def rules(self) -> tuple[tuple[RuleFile, Rule], ...]:
        """All rules, each with its file."""
        return tuple((file, rule) for file in self.rule_files for rule in file.rules)

    @cached_property
    def firsts(self) -> Mapping[tuple[object, ...], tuple[RuleFile, Rule]]:
        """The first rule of each name with its labels."""
        found: dict[tuple[object, ...], tuple[RuleFile, Rule]] = {}
        for file, rule in self.rules:
            found.setdefault(rule.identity, (file, rule))
        return found

    @cached_property
    def recordings(self) -> frozenset[str]:
        """The names of all series that a rule here records."""
        return frozenset(rule.name for _, rule in self.rules if rule.is_recording)

    @cached_property
    def alerts(self) -> Mapping[str, list[tuple[RuleFile, Rule]]]:
        """The alerts of a name."""
        found = defaultdict(list)
        for file, rule in self.rules:
            if rule.is_alert:
                found[rule.name].append((file, rule))
        return found


def dashboard_check(
    name: str, level: Level, *, mend: str, needs_server: bool = False
) -> Callable[[Callable[[Dashboard, World], Iterable[Fault]]], Check]:
    """Make a check of a function over one dashboard; what it is about is its docstring's first line."""
    return _marking(name, Subject.DASHBOARD, level, mend, needs_server)


def rules_check(
    name: str, level: Level, *, mend: str, needs_server: bool = False
) -> Callable[[Callable[[RuleFile, World], Iterable[Fault]]], Check]:
    """Make a check of a function over one rule file."""
    return _marking(name, Subject.RULES, level, mend, needs_server)


def routing_check(
    name: str, level: Level, *, mend: str
) -> Callable[[Callable[[Routing, World], Iterable[Fault]]], Check]:
    """Make a check of a function over one configuration of Alertmanager."""
    return _marking(name, Subject.ROUTING, level, mend, False)


def _marking(
    name: str, subject: Subject, level: Level, mend: str, needs_server: bool
) -> Callable[[Callable[[Any, World], Iterable[Fault]]], Check]:
    def mark(examine: Callable[[Any, World], Iterable[Fault]]) -> Check:
        about = (examine.__doc__ or "").strip().splitlines()[0]
        return Check(name, subject, level, about, mend, examine, needs_server)

    return mark
