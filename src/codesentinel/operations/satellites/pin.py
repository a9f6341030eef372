"""``satellites pin``: the ids of procedures into ``satellites.lock``, and beside headings that show none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.act.provision import write_text
from codesentinel.analysis.satellites.identity import locked_from
from codesentinel.analysis.satellites.lint import damage
from codesentinel.model.errors import Failed
from codesentinel.model.satellites import LockedFile, Pinned
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.catalogue import look
from codesentinel.store.satellite_lock import NAME, lock_text, read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.analysis.satellites.identity import Identified
    from codesentinel.model.satellites import Locked
    from codesentinel.operations.satellites.catalogue import Looked

_ENDS = re.compile(r"(\r\n|\r|\n)")
_CLOSING = re.compile(r"(?:[ \t]+#+)?[ \t]*$")
_OLD = re.compile(r"[ \t]*<!--\s*proc:[^>]*-->", re.IGNORECASE)


def _facts(done: Pinned) -> dict[str, int]:
    return {"added": len(done.added), "kept": done.kept, "retired": len(done.retired)}


@operation("satellites.pin", Effect.WRITE, metadata=_facts)
def pin(context: Context, *, mark: bool = True) -> Pinned:
    """Write the ids of all procedures into ``satellites.lock``, and beside headings that do not show them.

    A procedure that is gone is retired: its id is never given again. Files that are damaged are left as
    the lock knows them. With ``mark`` false no instruction file is touched.

    Raises:
        NotInstalled: the extra is missing.
        ConfigurationError: the lock is damaged.
        Failed: a file cannot be written.
    """
    before = read_lock(context.root / NAME) or {}
    after, added, retired, marked, files = dict(before), [], [], [], []
    looked = look(context, before)
    for one in looked:
        if one.file.text is None or damage(one.file.text):
            context.tell(f"warning: {one.file.path} is left out: {one.file.problem or 'it is damaged'}")
            continue
        kept = before[one.id].procedures if one.id in before else {}
        after[one.id] = LockedFile(one.file.path, _procedures(one, kept))
        added += [f"{one.id}/{found.name}" for found in one.found if not found.known]
        if mark and (names := _mark(context, one)):
            marked += names
            files.append(str(context.root / one.file.path))
    there = {one.file.path for one in looked}
    for name, file in before.items():
        if file.file not in there:
            gone = {key: p._replace(retired=True) for key, p in file.procedures.items()}
            after[name] = LockedFile(file.file, gone)
        retired += [
            f"{name}/{key}"
            for key, p in after[name].procedures.items()
            if p.retired and key in file.procedures and not file.procedures[key].retired
        ]
    after = {name: file for name, file in after.items() if file.procedures}
    if after and write_text(context.root / NAME, lock_text(after)):
        files.append(str(context.root / NAME))
    kept_count = sum(found.known for one in looked for found in one.found)
    return Pinned(tuple(added), kept_count, tuple(retired), tuple(marked), tuple(files))


def _procedures(one: Looked, before: Mapping[str, Locked]) -> dict[str, Locked]:
    now = {found.name: locked_from(found.draft) for found in one.found}
    return now | {name: p._replace(retired=True) for name, p in before.items() if name not in now}


def _mark(context: Context, one: Looked) -> list[str]:
    """The procedures beside whose headings an id was written."""
    wanting = [found for found in one.found if _wants_mark(found)]
    if not wanting:
        return []
    path = context.root / one.file.path
    try:
        with path.open(encoding="utf-8", newline="") as file:
            parts = _ENDS.split(file.read())
    except (OSError, UnicodeDecodeError) as exc:
        raise Failed(f"could not read {one.file.path}: {exc}", hint="check its mode") from exc
    for found in wanting:
        at = 2 * (found.draft.line - 1)
        head = _CLOSING.sub("", _OLD.sub("", parts[at]))
        parts[at] = f"{head} <!-- proc: {found.name} -->"
    write_text(path, "".join(parts), mode=path.stat().st_mode & 0o777)
    return [f"{one.id}/{found.name}" for found in wanting]


def _wants_mark(found: Identified) -> bool:
    """Whether a heading does not say which procedure it begins."""
    draft = found.draft
    return draft.rule != "whole" and f"PROC-{draft.number}" != found.name
