"""Every check over every document: problems in the order of files and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Subject
from codesentinel.model.problem import Level, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codesentinel.mixin.checks.base import Check, World
    from codesentinel.mixin.checks.dashboards import Dashboard
    from codesentinel.mixin.checks.reading import Source
    from codesentinel.mixin.checks.routing import Routing
    from codesentinel.mixin.checks.rulefiles import RuleFile

UNREADABLE = "file/unreadable"


def problems(world: World, source: Source, checks: Sequence[Check]) -> list[Problem]:
    """What the checks find, by file and line; checks that need a server are for the caller to leave out."""
    found = list(_unreadable(source))
    for check in checks:
        for document in _documents(world, check.subject):
            prefix, number = document.prefix, getattr(document, "document", 0)
            for fault in check.examine(document, world):
                place = f"{prefix}{fault.place}".rstrip(".")
                found.append(
                    Problem(
                        check.name,
                        check.level,
                        document.file,
                        source.line(document.file, number, place),
                        place,
                        document.subject(fault.place),
                        fault.message,
                        fault.mend or check.mend,
                    )
                )
    return sorted(found, key=lambda p: (p.file, p.line, p.check, p.place, p.message))


def _documents(world: World, subject: Subject) -> Sequence[Dashboard | RuleFile | Routing]:
    if subject is Subject.DASHBOARD:
        return world.dashboards
    return world.rule_files if subject is Subject.RULES else world.routings


def _unreadable(source: Source) -> Iterator[Problem]:
    for file, mistake in source.unreadable.items():
        yield Problem(
            UNREADABLE,
            Level.ERROR,
            file,
            mistake.line,
            "",
            "file",
            mistake.message,
            "mend what its line says",
        )
