"""A text in Markdown as headings with what stands below them. Fences and comments hold no headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from codesentinel.model.errors import NotInstalled

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONTMATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_MARKER = re.compile(r"<!--\s*proc:\s*(PROC-\d{1,6})\s*-->", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """A heading and all up to the next of its level. Lines count from 0; ``end`` is behind the last.

    ``lists`` are the ordered lists directly in the section or below its headings, each with the line it
    begins on and its items; ``own_end`` is where the first heading below it begins.
    """

    level: int
    heading: str
    line: int
    end: int
    own_end: int
    marker: str = ""
    parent: Section | None = None
    children: list[Section] = field(default_factory=list)
    lists: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    @property
    def own_lists(self) -> list[tuple[str, ...]]:
        """Ordered lists before the first heading below."""
        return [items for line, items in self.lists if line < self.own_end]

    def ancestors(self) -> list[Section]:
        """The headings above it, nearest first."""
        found, above = [], self.parent
        while above is not None:
            found.append(above)
            above = above.parent
        return found


@dataclass(frozen=True, slots=True)
class Document:
    """A text, its frontmatter apart, and its sections in the order of their headings."""

    lines: tuple[str, ...]
    frontmatter: str
    sections: tuple[Section, ...]
    lists: tuple[tuple[int, tuple[str, ...]], ...]


def read_document(text: str) -> Document:
    """The sections of a text. Lines of the frontmatter stay, empty, so that numbers are those of the file.

    Raises:
        NotInstalled: the extra is missing.
    """
    try:
        from markdown_it import MarkdownIt
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            "reading instruction files needs the satellites extra (markdown-it-py is missing)",
            hint="pip install 'codesentinel[satellites]'",
        ) from exc
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONTMATTER.match(text)
    body = "\n" * front[0].count("\n") + text[front.end() :] if front else text
    # inline markup decides nothing here, and parsing it is where hostile texts take their time
    tokens = MarkdownIt("commonmark").disable("inline").parse(body)
    lines = tuple(body.split("\n"))
    lists = _ordered_lists(tokens, lines)
    return Document(lines, (front[1] or "") if front else "", _sections(tokens, lines, lists), lists)


def _sections(
    tokens: list[Token], lines: tuple[str, ...], lists: tuple[tuple[int, tuple[str, ...]], ...]
) -> tuple[Section, ...]:
    found: list[Section] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            begin, after = token.map
            marker = _marker(lines, begin, after, inline.content)
            heading = _MARKER.sub("", inline.content).strip()
            found.append(Section(int(token.tag[1]), heading, begin, len(lines), len(lines), marker))
    opened: list[Section] = []
    for section in found:
        while opened and opened[-1].level >= section.level:
            opened.pop().end = section.line
        if opened:
            section.parent = opened[-1]
            opened[-1].children.append(section)
            opened[-1].own_end = min(opened[-1].own_end, section.line)
        opened.append(section)
    for section in found:
        section.own_end = min(section.own_end, section.end)
        section.lists = [one for one in lists if section.line <= one[0] < section.end]
    return tuple(found)


def _marker(lines: tuple[str, ...], begin: int, after: int, heading: str) -> str:
    """The id that a comment gives the heading: in its own line, in the next one, or in the one before."""
    around = [heading, *lines[after : after + 1]]
    if begin and (begin < 2 or not lines[begin - 2].lstrip().startswith("#")):
        around.append(lines[begin - 1])
    for number, line in enumerate(around):
        found = _MARKER.search(line) if number == 0 else _MARKER.fullmatch(line.strip())
        if found:
            return found[1].upper()
    return ""


def _ordered_lists(tokens: list[Token], lines: tuple[str, ...]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Line and items of each ordered list that is not within another block."""
    found: list[tuple[int, tuple[str, ...]]] = []
    begin, items = -1, list[str]()
    for token in tokens:
        if token.type == "ordered_list_open" and token.level == 0 and token.map:
            begin, items = token.map[0], []
        elif token.type == "list_item_open" and token.level == 1 and begin >= 0 and token.map:
            items.append("\n".join(lines[token.map[0] : token.map[1]]).strip())
        elif token.type == "ordered_list_close" and token.level == 0:
            found.append((begin, tuple(items)))
            begin = -1
    return tuple(found)
