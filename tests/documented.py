"""The commands that documents show: what stands behind ``$`` in blocks of ``console``, and blocks of ``sh``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WRITTEN_BY_RUNS = {"domains", "metrics"}
"""Folders of docs/ that hold what codesentinel wrote, not what people did."""

FENCE = re.compile(r"(?ms)^( *)```([a-z]*)\n(.*?)^ *```$")


class Shown(NamedTuple):
    """One command as it stands in a page, and the output that the page shows for it."""

    text: str
    output: tuple[str, ...] = ()


def documents() -> list[Path]:
    """The README and every page."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [
        ROOT / "README.md",
        *(page for page in pages if page.relative_to(ROOT / "docs").parts[0] not in WRITTEN_BY_RUNS),
    ]


def name_of(page: Path) -> str:
    """A page as it is called in tests."""
    return page.relative_to(ROOT).as_posix()


def fences(page: Path) -> list[tuple[str, str]]:
    """Language and text of every fenced block."""
    return [(language, text) for _, language, text in FENCE.findall(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> list[Shown]:
    """Every command of a page, in order; a block of ``sh`` is one command a line that begins at the margin."""
    found: list[Shown] = []
    for language, text in fences(page):
        if language == "console":
            found += _in_console(text)
        elif language == "sh":
            found += [Shown(statement) for statement in _statements(text)]
    return found


def _in_console(text: str) -> list[Shown]:
    found, lines = [], text.splitlines()
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            if found:
                found[-1] = found[-1]._replace(output=(*found[-1].output, line))
            continue
        command = line[2:]
        while command.endswith("\\") or _is_open(command):
            command += "\n" + lines.pop(0)
        found.append(Shown(command))
    return found


def _statements(text: str) -> list[str]:
    """Lines that belong together: continued ones, and what an open quote spans."""
    found, lines = [], text.splitlines()
    while lines:
        statement = lines.pop(0)
        while statement.endswith("\\") or _is_open(statement):
            statement += "\n" + lines.pop(0)
        if statement.strip():
            found.append(statement)
    return found


def _is_open(statement: str) -> bool:
    """Whether a quote is open at the end."""
    bare = re.sub(r"\\.", "", statement)
    bare = re.sub(r"(?m)(^|\s)#.*$", "", re.sub(r"'[^']*'|\"[^\"]*\"", "", bare))
    return bare.count("'") % 2 == 1 or bare.count('"') % 2 == 1
