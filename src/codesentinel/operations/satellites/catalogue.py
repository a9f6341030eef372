"""``satellites list`` and ``show``: the instruction files of a workspace, their procedures, and the ids."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.analysis.satellites.identity import identify, slug
from codesentinel.capture.satellites.files import WHOLE, command_prompt, satellite_files
from codesentinel.capture.satellites.procedures import procedures_of, whole_procedure
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.satellites import Catalogue, Draft, Locked, Procedure, Satellite
from codesentinel.operations.base import Context, operation
from codesentinel.store.satellite_lock import NAME, read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.analysis.satellites.identity import Identified
    from codesentinel.capture.satellites.files import File
    from codesentinel.model.satellites import LockedFile

_FRONT_TITLE = re.compile(r"(?m)^name:[ \t]*[\"']?([^\"'\n]+)")


class Looked(NamedTuple):
    """A satellite's file with what was found in it."""

    id: str
    file: File
    title: str
    found: tuple[Identified, ...]


@operation(
    "satellites.list", metadata=lambda found: {"procedures": sum(len(s.procedures) for s in found.satellites)}
)
def find(context: Context) -> Catalogue:
    """The instruction files for agents below the workspace root, with their procedures and the ids of these.

    Raises:
        NotInstalled: the extra is missing.
        ConfigurationError: ``satellites.lock`` is damaged.
    """
    return read_catalogue(context)


@operation("satellites.show", metadata=lambda found: {"procedure": found.id, "version": found.version})
def procedure(context: Context, procedure: str) -> Procedure:
    """One procedure with its text and steps, by its id (``github/PROC-1``), a name of one, or its title.

    Raises:
        NoData: there is none of that id.
        UsageError: there are several.
        NotInstalled, ConfigurationError: the catalogue cannot be read.
    """
    return resolve(read_catalogue(context), procedure)


def read_catalogue(context: Context) -> Catalogue:
    """The same as :func:`find`, for verbs that need it and are no listing."""
    locked = read_lock(context.root / NAME)
    satellites, notes = [], []
    for looked in look(context, locked or {}):
        if looked.file.text is None:
            notes.append(f"{looked.file.path} {looked.file.problem}")
            continue
        satellites.append(satellite_of(looked))
    return Catalogue(tuple(sorted(satellites, key=lambda s: s.id)), locked is not None, tuple(notes))


def satellite_of(looked: Looked) -> Satellite:
    """A file as it is shown."""
    found = tuple(_procedure(looked.id, one) for one in looked.found)
    return Satellite(looked.id, looked.file.path, looked.file.kind, looked.title, found)


def look(context: Context, locked: Mapping[str, LockedFile]) -> tuple[Looked, ...]:
    """Every file with its drafts, and the names that these keep or get."""
    named = {one.file: name for name, one in locked.items()}
    used, found = set(locked), []
    for file in satellite_files(str(context.root)):
        name = named.get(file.path) or next((n for n in file.names if n not in used), file.path)
        used.add(name)
        title, drafts = _drafts(file)
        before: Mapping[str, Locked] = locked[name].procedures if name in locked else {}
        found.append(Looked(name, file, title, identify(drafts, before)))
    return tuple(found)


def resolve(catalogue: Catalogue, cited: str) -> Procedure:
    """The procedure that is meant.

    Raises:
        NoData: there is none.
        UsageError: there are several.
    """
    every, wanted = list(catalogue.procedures), cited.strip()
    for fits in (
        lambda p: p.id == wanted,
        lambda p: p.id.lower() == wanted.lower(),
        lambda p: p.name.lower() == wanted.lower() or (p.rule == "whole" and p.satellite == wanted),
        lambda p: slug(p.title) == slug(wanted) != "",
    ):
        found = [one for one in every if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(sorted(one.id for one in found)[:8])
            raise UsageError(f"{cited!r} is the name of {len(found)} procedures", hint=f"one of {ids}")
    near = get_close_matches(wanted, [one.id for one in every], 3, 0.4)
    hint = f"did you mean {', '.join(near)}?" if near else "see `codesentinel satellites list`"
    raise NoData(f"no such procedure: {cited!r}", hint=hint)


def _drafts(file: File) -> tuple[str, tuple[Draft, ...]]:
    text = file.text or ""
    if file.kind not in WHOLE:
        return procedures_of(text)
    stem = file.names[0]
    if file.path.endswith(".toml"):
        description, text = command_prompt(text)
        return description or stem, (whole_procedure(text, stem),)
    named = _FRONT_TITLE.search(text[:2000]) if text.startswith("---") else None
    title = named[1].strip() if named else stem
    return title, (whole_procedure(text, title),)


def _procedure(satellite: str, one: Identified) -> Procedure:
    draft = one.draft
    visible = f"PROC-{draft.number}" if draft.number and draft.rule != "whole" else ""
    return Procedure(
        f"{satellite}/{one.name}",
        draft.title,
        draft.text,
        draft.steps,
        draft.version,
        draft.steps_version,
        visible,
        draft.rule,
        draft.line,
        one.known,
    )
