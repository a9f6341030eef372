"""Suppressions: problems that somebody accepts, each with the reason why."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.mixin.checks.fields import items, mapping, objects, text
from codesentinel.mixin.checks.yaml_documents import Mistake, documents
from codesentinel.model.problem import Level, Problem, Suppressed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

UNUSED = "suppression/unused"
_EMPTY = ("query/empty", "query/nan", "query/metric", "query/label", "query/legend-missing")
_NO_VALUE = ("variable/resolved",)
_TEXTS = {"check", "file", "subject", "place", "reason"}


class Suppression(NamedTuple):
    """Patterns as in file names; an empty one fits everything. ``file`` fits a path or its last part.

    ``listed`` is the list that it stands in. An ``optional`` one need not fit anything: what it speaks of
    comes and goes.
    """

    check: str
    reason: str
    file: str = ""
    subject: str = ""
    place: str = ""
    optional: bool = False
    listed: str = ""
    line: int = 0

    def fits(self, problem: Problem) -> bool:
        """Whether it speaks of this problem."""
        return (
            fnmatchcase(problem.check, self.check)
            and self.fits_file(problem.file)
            and (not self.subject or self.subject in problem.subject)
            and (not self.place or fnmatchcase(problem.place, self.place.replace("[", "[[]")))
        )

    def fits_file(self, file: str) -> bool:
        """Whether it speaks of this file."""
        return (
            not self.file or fnmatchcase(file, self.file) or fnmatchcase(file.rpartition("/")[2], self.file)
        )


def read_suppressions(source: str, listed: str) -> tuple[list[Suppression], list[str]]:
    """The suppressions in a text, and what is wrong with it; ``listed`` is the name of its file."""
    found = documents(source)
    if isinstance(found, Mistake):
        return [], [f"line {found.line}: {found.message}"]
    content = found[0].content if found else {}
    wrong = [f"unknown key {key!r}" for key in mapping(content) if key != "suppress"]
    if not isinstance(content, dict):
        wrong.append("not a mapping with the key 'suppress'")
    good = []
    for number, entry in enumerate(items(content, "suppress")):
        where = f"suppress[{number}]"
        wrong += [
            f"{where}: unknown key {key!r}" for key in mapping(entry) if key not in {*_TEXTS, "optional"}
        ]
        missing = [name for name in ("check", "reason") if not text(entry, name).strip()]
        wrong += [f"{where}: no {name}" for name in missing]
        if not missing:
            good.append(
                Suppression(
                    **{name: text(entry, name) for name in _TEXTS},
                    optional=mapping(entry).get("optional") is True,
                    listed=listed,
                    line=_line(source, number),
                )
            )
    return good, wrong


def empty_panels(source: str, files: Mapping[str, str]) -> list[Suppression]:
    """The panels and variables that may be empty, as ``dashboards build`` lists them, each with its reason.

    ``files`` leads from uids to files. Such a panel may also be full, so that these are never unused.
    """
    found = documents(source)
    content = found[0].content if isinstance(found, list) and found else {}
    variables = mapping(content).get("variables", {})
    return [
        *_listed(content, files, "title", _EMPTY),
        *_listed(variables, files, "variable", _NO_VALUE),
    ]


def _listed(
    content: Any, files: Mapping[str, str], key: str, checks: tuple[str, ...]
) -> Iterator[Suppression]:
    """For each entry by uid: that these checks may find what its ``key`` names."""
    for uid in mapping(content):
        for _, entry in objects(content, uid) if uid in files else ():
            name, reason = text(entry, key), text(entry, "reason")
            if name and reason:
                yield from (
                    Suppression(check, reason, files[uid], repr(name), optional=True) for check in checks
                )


def sorted_out(
    problems: Iterable[Problem], suppressions: Sequence[Suppression]
) -> tuple[list[Problem], list[Suppressed], set[Suppression]]:
    """What remains, what is accepted, and the suppressions that were needed for it."""
    left, accepted, used = [], [], set()
    for problem in problems:
        fitting = [s for s in suppressions if s.fits(problem)]
        used.update(fitting)
        if fitting:
            accepted.append(Suppressed(problem, fitting[0].reason))
        else:
            left.append(problem)
    return left, accepted, used


def unused(
    suppressions: Sequence[Suppression],
    used: set[Suppression],
    checks: Collection[str],
    files: Collection[str],
) -> list[Problem]:
    """A problem for each suppression that fits nothing, though its checks ran over its files."""
    return [
        Problem(
            UNUSED,
            Level.WARNING,
            s.listed,
            s.line,
            "",
            f"suppression of {s.check}",
            f"nothing is wrong any more that it would suppress ({s.reason})",
            "remove it from the list",
        )
        for s in suppressions
        if s not in used
        and not s.optional
        and any(fnmatchcase(check, s.check) for check in checks)
        and any(s.fits_file(looked_at) for looked_at in files)
    ]


def _line(source: str, number: int) -> int:
    """The line on which the entry of this number begins."""
    starts = [n for n, line in enumerate(source.splitlines(), 1) if line.lstrip().startswith("- ")]
    return starts[number] if number < len(starts) else 1
