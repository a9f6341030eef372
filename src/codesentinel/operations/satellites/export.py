"""``satellites export-skills``: each procedure as a SKILL.md, so that vendors' own signals name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act.provision import read_text, remove, write_text
from codesentinel.capture.satellites.hooks import exported
from codesentinel.model.satellites_views import Exported
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.catalogue import read_catalogue
from codesentinel.render.skill import skill_name, skill_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ".claude/skills"
_WHOLE = "skill"


def _facts(done: Exported) -> dict[str, int]:
    return {"written": len(done.written), "unchanged": done.unchanged, "removed": len(done.removed)}


@operation("satellites.export_skills", Effect.WRITE, metadata=_facts)
def export_skills(context: Context, *, output: str = FOLDER) -> Exported:
    """Write a SKILL.md for each procedure that is none, and remove those whose procedure is gone.

    Only files that were made so are rewritten or removed; a skill of the same name that was not stays.

    Raises:
        NotInstalled, ConfigurationError: the catalogue cannot be read.
        Failed: a file cannot be written.
    """
    folder, catalogue = context.root / output, read_catalogue(context)
    written, wanted, unchanged = [], set[str](), 0
    for satellite in catalogue.satellites:
        for procedure in satellite.procedures if satellite.kind != _WHOLE else ():
            file = folder / skill_name(procedure) / "SKILL.md"
            wanted.add(file.parent.name)
            if read_text(file) is not None and not exported(str(file))[0]:
                context.tell(f"warning: {context.relative(file)} is somebody's own, and stays")
            elif write_text(file, skill_text(procedure, satellite.file)):
                written.append(file)
            else:
                unchanged += 1
    removed = list(_stale(folder, wanted))
    for file in removed:
        remove(file)
    names = tuple(context.relative(file) for file in written)
    gone = tuple(context.relative(file) for file in removed)
    return Exported(names, unchanged, gone, tuple(str(file) for file in (*written, *removed)))


def _stale(folder: Path, wanted: set[str]) -> Iterator[Path]:
    """Files that were made from procedures that are no more."""
    for file in sorted(folder.glob("*/SKILL.md")):
        if file.parent.name not in wanted and exported(str(file))[0]:
            yield file
