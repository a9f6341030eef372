"""Instruction files, their procedures and their runs, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.satellites import Catalogue, Pinned, Procedure
    from codesentinel.model.satellites_views import Closed, Exported, Hooked, Linted, Reported

_LONGEST_TITLE = 60


def catalogue_text(found: Catalogue) -> str:
    """A line for each procedure below one for its file; files without any are counted."""
    lines = []
    for satellite in found.satellites:
        if satellite.procedures:
            lines.append(f"{escaped(satellite.id)}  {escaped(satellite.file)}")
        lines += [_row(one) for one in satellite.procedures]
    bare = sum(not satellite.procedures for satellite in found.satellites)
    procedures = sum(len(satellite.procedures) for satellite in found.satellites)
    lines += [f"note: {escaped(note)}" for note in found.notes]
    lines.append(f"{procedures} procedures in {len(found.satellites) - bare} files; {bare} files have none")
    if procedures and not found.is_locked:
        lines.append("ids are not kept: `codesentinel satellites pin` writes satellites.lock")
    return "\n".join(lines)


def _row(one: Procedure) -> str:
    mark = "" if one.locked else "  not in satellites.lock"
    steps = f"{len(one.steps)} steps"
    return f"  {escaped(one.id):<28} {escaped(one.title, _LONGEST_TITLE)} ({steps}, {one.version}){mark}"


def procedure_text(one: Procedure) -> str:
    """The head of a procedure and its text; foreign text line by line."""
    head = f"{escaped(one.id)}: {escaped(one.title)} (version {one.version}, {len(one.steps)} steps)"
    return "\n".join([head, "", *(escaped(line.replace("\t", "    ")) for line in one.text.split("\n"))])


def reported_text(reported: Reported) -> str:
    """What is known of a run now."""
    run = reported.run
    if reported.outcome == "started":
        title = escaped(reported.procedure.title) if reported.procedure else ""
        return f"{run.run_id}  {escaped(run.procedure)} begun: {title} (version {run.version})"
    took = "" if run.duration_seconds is None else f" after {format_duration(run.duration_seconds)}"
    end = f"{escaped(run.procedure)} {run.status} ({run.status_source}){took}"
    return f"{run.run_id}  {reported.outcome}: {end}"


def pinned_text(done: Pinned) -> str:
    """Ids that were given, kept and retired, and what was written."""
    lines = [f"new      {escaped(name)}" for name in done.added]
    lines += [f"retired  {escaped(name)}" for name in done.retired]
    lines += [f"marked   {escaped(name)}" for name in done.marked]
    lines.append(f"{len(done.added)} new, {done.kept} kept, {len(done.retired)} retired")
    return "\n".join(lines)


def closed_text(done: Closed) -> str:
    """A line for each run that was taken for aborted."""
    lines = [f"{run_id}  {escaped(name)} Agent-Aborted (inferred): {why}" for run_id, name, why in done.runs]
    return "\n".join([*lines, f"{len(done.runs)} closed, {done.still_open} still open"])


def linted_text(done: Linted) -> str:
    """A line for each flaw, and how to mend it."""
    lines = []
    for flaw in done.flaws:
        lines.append(f"{flaw.severity} {escaped(flaw.file)}:{flaw.line} {flaw.code}: {escaped(flaw.message)}")
        lines.append(f"    do: {escaped(flaw.hint)}")
    errors = sum(flaw.severity == "error" for flaw in done.flaws)
    counts = f"{errors} errors, {len(done.flaws) - errors} warnings"
    return "\n".join([*lines, f"{counts} in {done.files} files with {done.procedures} procedures"])


def hooked_text(done: Hooked) -> str:
    """What became of an agent's settings."""
    kept = f" (as it was: {escaped(done.backup)})" if done.backup else ""
    return f"{done.outcome}: hooks of {done.agent} in {escaped(done.file)}{kept}"


def exported_text(done: Exported) -> str:
    """A line for each skill that changed."""
    lines = [f"wrote    {escaped(name)}" for name in done.written]
    lines += [f"removed  {escaped(name)}" for name in done.removed]
    return "\n".join(
        [*lines, f"{len(done.written)} written, {done.unchanged} unchanged, {len(done.removed)} removed"]
    )
