"""Problems as lines: by file, each with its line, its check, and its mend below."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.problem import Checked, Problem

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
    for (file, reason), accepted in _grouped(done).items():
        what = ", ".join(dict.fromkeys(f"{p.check} in {p.subject}" for p in accepted))
        yield f"accepted: {escaped(reason, _LONGEST)} - {escaped(file)}: {escaped(what, _LONGEST)}"
    if done.left_out:
        names = ", ".join(done.left_out)
        yield f"not judged: {len(done.left_out)} checks that need a server ({names})"
    if done.others:
        yield f"passed over: {_counted(len(done.others), 'file')} with nothing of the kind"


def _grouped(done: Checked) -> dict[tuple[str, str], list[Problem]]:
    """The problems that are accepted, by file and reason."""
    found: dict[tuple[str, str], list[Problem]] = {}
    for problem, reason in done.suppressed:
        found.setdefault((problem.file, reason), []).append(problem)
    return found


def _sum(done: Checked) -> str:
    counts = ", ".join(_counted(count, level) for level, count in done.counts.items())
    looked = f"{_counted(len(done.files), 'file')}, {_counted(len(done.checks), 'check')}"
    if done.server:
        looked += (
            f", {done.queries} quer{'y' if done.queries == 1 else 'ies'} asked of {escaped(done.server)}"
        )
    return f"{looked}: {counts}{f', {len(done.suppressed)} accepted' if done.suppressed else ''}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
