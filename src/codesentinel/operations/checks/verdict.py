"""From files to a verdict: read, ask, judge, and leave out what is accepted."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import UsageError
from codesentinel.model.problem import Checked
from codesentinel.operations.checks.asking import facts_about
from codesentinel.operations.checks.inputs import Choice, chosen, read_accepted, read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.mixin.checks.base import Subject, World
    from codesentinel.mixin.checks.reading import Source
    from codesentinel.operations.base import Context


class Kind(NamedTuple):
    """What a command checks: where that usually lies, how its files end, and which checks are for it."""

    folders: tuple[str, ...]
    endings: tuple[str, ...]
    subjects: tuple[Subject, ...]


def checked(context: Context, paths: Sequence[str], kind: Kind, choice: Choice) -> Checked:
    """The verdict on what lies below the paths, or below the usual folders that exist."""
    from codesentinel.mixin.checks.judge import problems
    from codesentinel.mixin.checks.suppressions import sorted_out, unused

    checks = chosen(kind.subjects, choice)
    places = _places(context, paths, kind.folders)
    source = read_sources(context, places, kind.endings)
    accepted = read_accepted(context, places, source, choice)
    world = _world(context, source, choice)
    asks = any(check.needs_server for check in checks) and not choice.offline
    if asks:
        world = dataclasses.replace(world, facts=facts_about(context, world, choice.url))
    made = [check for check in checks if world.facts is not None or not check.needs_server]
    left, suppressed, used = sorted_out(problems(world, source, made), accepted)
    files = dict.fromkeys([*source.files, *source.unreadable])
    left += unused(accepted, used, checks=[c.name for c in made], files=list(files))
    return Checked(
        files=tuple(files),
        checks=tuple(check.demand for check in made),
        problems=tuple(left),
        suppressed=tuple(suppressed),
        left_out=tuple(check.name for check in checks if check not in made),
        others=tuple(source.others),
        server=world.facts.server if world.facts else "",
        queries=len(world.facts.answers) if world.facts else 0,
    )


def _places(context: Context, paths: Sequence[str], defaults: Sequence[str]) -> list[Path]:
    """Paths that somebody typed are meant from where they typed them; the usual ones lie in the workspace."""
    if paths:
        return [Path(path).absolute() for path in paths]
    found = [context.root / path for path in defaults if (context.root / path).exists()]
    if not found:
        raise UsageError(
            f"there is no {defaults[0]} here to check", hint="name the files or folders to be checked"
        )
    return found


def _world(context: Context, source: Source, choice: Choice) -> World:
    from codesentinel.mixin.checks.base import Wishes, World

    links = {
        rule.annotations.get("runbook_url", "").partition("#")[0].strip()
        for file in source.rule_files
        for rule in file.alerts
    }
    return World(
        dashboards=tuple(source.dashboards),
        rule_files=tuple(source.rule_files),
        routings=tuple(source.routings),
        wishes=Wishes(choice.severities, choice.scrape_interval_seconds, choice.slow_seconds),
        files=frozenset(link for link in links if link and "://" not in link and _exists(context, link)),
    )


def _exists(context: Context, link: str) -> bool:
    try:
        return (context.root / link).is_file()
    except (OSError, ValueError):  # too long, or with a zero in it
        return False
