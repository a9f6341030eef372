"""What is wrong with an instruction file: damage, ids, references, and length."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from codesentinel.model.satellites_views import Flaw

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from codesentinel.model.satellites import Draft, Procedure, Satellite

_ERROR, _WARNING = "error", "warning"
_SHORTEST_JUDGED = 60
_FENCE = re.compile(r"(?ms)^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)")
_CODE = re.compile(r"`[^`\n]+`")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_CITED = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*)(PROC-\d{1,6})\b")
_HEADED = re.compile(r"(?m)^ {0,3}#{1,6}[ \t]+[*_]*[Pp]rocedure\s+#?(\d{1,4})\b")
_NUMBER = re.compile(r"\b[Pp]rocedure\s+#?(\d{1,4})\b")
_REPLACEMENT = "\ufffd"


def damage(text: str) -> str:
    """How a text is damaged; empty where it is not.

    One sign before every character is what a careless replacement of an empty string leaves.
    """
    if "\x00" in text or _REPLACEMENT in text:
        return "it holds characters that stand for what was lost"
    if len(text) >= _SHORTEST_JUDGED:
        pairs = Counter(text[at : at + 2] for at in range(min(len(text), 30_000) - 1))
        pair, _ = pairs.most_common(1)[0]
        if pair.strip() == pair and pair[0] != pair[1] and 4 * text.count(pair) > len(text):
            return f"{pair!r} stands before every character"
    return ""


def lint_file(
    satellite: Satellite,
    text: str,
    *,
    known: Collection[str],
    exists: Callable[[str], bool],
    longest_lines: int,
    most_steps: int,
) -> Iterator[Flaw]:
    """The flaws of one file.

    Args:
        satellite: what was found in it.
        text: all of it.
        known: ids of the procedures of all files.
        exists: whether a path, as a link in this file gives it, leads somewhere.
        longest_lines: a procedure with more is too long to follow.
        most_steps: so is one with more steps.
    """
    if how := damage(text):
        yield Flaw(
            "E-CORRUPT",
            _ERROR,
            satellite.file,
            1,
            f"the file is damaged: {how}; agents read none of its procedures",
            "take the last good version from version control",
        )
        return
    yield from _broken(satellite, text, known, exists)
    for one in satellite.procedures:
        yield from _misnumbered(satellite.file, one)
        yield from _too_long(satellite.file, one, longest_lines, most_steps)


def duplicates(file: str, drafts: Sequence[Draft]) -> Iterator[Flaw]:
    """Ids and numbers that stand twice in a file: people who cite one mean either."""
    seen: dict[int, Draft] = {}
    for draft in drafts:
        if not draft.number or draft.rule == "whole":
            continue
        first = seen.setdefault(draft.number, draft)
        if first is not draft:
            yield Flaw(
                "E-DUPLICATE",
                _ERROR,
                file,
                draft.line,
                f"PROC-{draft.number} stands here and in line {first.line}",
                "give one of them another number, then `codesentinel satellites pin`",
            )


def used_again(file: str, draft: Draft, name: str) -> Flaw:
    """An id whose procedure is gone was written before another one."""
    return Flaw(
        "E-REUSED",
        _ERROR,
        file,
        draft.line,
        f"{name} was the id of another procedure, which is retired",
        "take the id away: `codesentinel satellites pin` gives a new one",
    )


def unlocked(one: Procedure, file: str) -> Flaw:
    """A procedure that would lose its id when it is moved or renamed."""
    return Flaw(
        "W-UNLOCKED",
        _WARNING,
        file,
        one.line,
        f"{one.id} is not in satellites.lock",
        "`codesentinel satellites pin`, and commit the lock",
    )


def unreadable(file: str, problem: str) -> Flaw:
    """A file that nobody can read."""
    return Flaw(
        "E-UNREADABLE", _ERROR, file, 1, f"the file {problem}", "save it in the workspace, as text in UTF-8"
    )


def gone(satellite: str, file: str) -> Flaw:
    """The lock knows a file that is not there."""
    return Flaw(
        "W-GONE",
        _WARNING,
        file,
        1,
        f"the file of {satellite} is gone",
        "`codesentinel satellites pin` retires its procedures; or move it back",
    )


def _broken(
    satellite: Satellite, text: str, known: Collection[str], exists: Callable[[str], bool]
) -> Iterator[Flaw]:
    plain = _blanked(text)
    numbers = {int(found[1]) for found in _HEADED.finditer(plain)}
    for found in _LINK.finditer(plain):
        target = found[1].partition("#")[0].partition("?")[0]
        if target and "://" not in target and not target.startswith(("mailto:", "/")) and not exists(target):
            yield _reference(satellite, plain, found.start(), f"the link to {target} leads nowhere")
    for found in _CITED.finditer(plain):
        name = f"{found[1] or satellite.id + '/'}{found[2]}"
        if name not in known and f"{satellite.id}/{found[2]}" not in known:
            yield _reference(satellite, plain, found.start(), f"there is no procedure {name}")
    if numbers:
        for found in _NUMBER.finditer(plain):
            if int(found[1]) not in numbers:
                yield _reference(satellite, plain, found.start(), f"this file has no procedure {found[1]}")


def _reference(satellite: Satellite, text: str, at: int, message: str) -> Flaw:
    line = text.count("\n", 0, at) + 1
    return Flaw("E-REFERENCE", _ERROR, satellite.file, line, message, "name what is there, or take it out")


def _misnumbered(file: str, one: Procedure) -> Iterator[Flaw]:
    if one.visible and one.visible != one.name and one.rule != "explicit":
        yield Flaw(
            "E-NUMBER",
            _ERROR,
            file,
            one.line,
            f"the heading shows {one.visible}, but this is {one.id}",
            "`codesentinel satellites pin` writes the id beside the heading; or correct the number",
        )


def _too_long(file: str, one: Procedure, longest_lines: int, most_steps: int) -> Iterator[Flaw]:
    lines = one.text.count("\n") + 1
    said = [f"{lines} lines"] if lines > longest_lines else []
    said += [f"{len(one.steps)} steps"] if len(one.steps) > most_steps else []
    if said:
        yield Flaw(
            "W-TOO-LONG",
            _WARNING,
            file,
            one.line,
            f"{one.id} has {' and '.join(said)}: too long to follow",
            "split it, or move what is no step elsewhere",
        )


def _blanked(text: str) -> str:
    """The text without code and comments, every line in its place."""
    for pattern in (_FENCE, _COMMENT, _CODE):
        text = pattern.sub(lambda found: "\n" * found[0].count("\n"), text)
    return text
