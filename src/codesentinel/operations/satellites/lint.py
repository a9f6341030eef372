"""``satellites lint``: what is wrong with the instruction files, and how to mend it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites import lint as rules
from codesentinel.model.satellites_views import Linted
from codesentinel.operations.base import Context, operation
from codesentinel.operations.satellites.catalogue import look, satellite_of
from codesentinel.store.satellite_lock import NAME, read_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.satellites import LockedFile
    from codesentinel.model.satellites_views import Flaw
    from codesentinel.operations.satellites.catalogue import Looked


def _facts(done: Linted) -> dict[str, int]:
    return {"flaws": len(done.flaws), "files": done.files}


@operation("satellites.lint", metadata=_facts)
def lint(context: Context) -> Linted:
    """Look for damaged files, broken references, ids that stand twice or disagree, and procedures too long.

    Raises:
        NotInstalled: the extra is missing.
        ConfigurationError: ``satellites.lock`` is damaged.
    """
    locked = read_lock(context.root / NAME)
    looked = look(context, locked or {})
    known = {f"{one.id}/{found.name}" for one in looked for found in one.found}
    flaws: list[Flaw] = []
    for one in looked:
        flaws += _of_file(context, one, known, locked)
    files = {one.file.path for one in looked}
    for name, kept in (locked or {}).items():
        if kept.file not in files and not all(p.retired for p in kept.procedures.values()):
            flaws.append(rules.gone(name, kept.file))
    ordered = sorted(flaws, key=lambda flaw: (flaw.severity, flaw.file, flaw.line, flaw.code))
    return Linted(tuple(ordered), len(looked), len(known))


def _of_file(
    context: Context, one: Looked, known: set[str], locked: dict[str, LockedFile] | None
) -> Iterator[Flaw]:
    if one.file.text is None:
        yield rules.unreadable(one.file.path, one.file.problem)
        return
    settings, satellite = context.settings.satellites, satellite_of(one)
    folder = (context.root / one.file.path).parent
    yield from rules.duplicates(one.file.path, [found.draft for found in one.found])
    yield from rules.lint_file(
        satellite,
        one.file.text,
        known=known,
        exists=lambda target: any(os.path.exists(os.path.join(f, target)) for f in (folder, context.root)),
        longest_lines=settings.longest_procedure_lines,
        most_steps=settings.most_steps,
    )
    before = locked[one.id].procedures if locked and one.id in locked else {}
    for found in one.found:
        kept = before.get(found.name)
        if kept and kept.retired and not found.known:
            yield rules.used_again(one.file.path, found.draft, f"{one.id}/{found.name}")
    for procedure in satellite.procedures:
        if locked is not None and not procedure.locked:
            yield rules.unlocked(procedure, one.file.path)
