"""Problems as lines: by file, each with its line, its check, and its mend below."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.problem import Checked

_LONGEST = 400


def checks_text(done: Checked) -> str:
    """What is wrong, what is accepted, what could not be judged, and the sum of it."""
    return "\n".join([*_problems(done), *_notes(done), _sum(done)])


def _problems(done: Checked) -> Iterator[str]:
    for file, problems in groupby(done.problems, key=lambda p: p.file):
        yield escaped(file)
        for p in problems:
            said = escaped(f"{p.subject}: {p.message}", _LONGEST)
            yield f"{p.level.value:<7} line {p.line}: {said} [{escaped(p.check)}]"
            yield f"        mend: {escaped(p.mend, _LONGEST)}"


def _notes(done: Checked) -> Iterator[str]:
    for problem, reason in done.suppressed:
        where = escaped(f"{problem.file} {problem.subject}", _LONGEST)
        yield f"accepted: {problem.check} in {where} ({escaped(reason, _LONGEST)})"
    if done.left_out:
        names = ", ".join(done.left_out)
        yield f"not judged: {len(done.left_out)} checks that need a server ({names})"
    if done.others:
        yield f"passed over: {len(done.others)} files that hold nothing of the kind"


def _sum(done: Checked) -> str:
    counts = ", ".join(f"{count} {level}s" for level, count in done.counts.items())
    asked = f", {done.queries} queries asked of {escaped(done.server)}" if done.server else ""
    accepted = f", {len(done.suppressed)} accepted" if done.suppressed else ""
    return f"{len(done.files)} files, {len(done.checks)} checks{asked}: {counts}{accepted}"
