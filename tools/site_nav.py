"""A hook of MkDocs: the navigation is made from what lies in docs/, so that a new page needs but its file.

How-to pages stand under the heading of the README's table that links them first, or under "More"; pages of
a folder with an index stand in the order in which the index links them; all others by their names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    Entry = str | dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the navigation into the configuration."""
    config.nav = navigation()
    return config


def navigation() -> list[Entry]:
    """The sections in the order in which a reader needs them, and below each its pages."""
    sections: list[Entry] = [
        {"Start": there("index.md", "tutorial.md", "benchmarks.md", "why.md")},
        {"How to": how_to()},
        {"Concepts": folder("concepts")},
        {"Reference": [*there("reference/commands.md"), *folder("reference", "commands"), *checks()]},
        {"Runbooks": folder("runbooks")},
        {"Compare": folder("compare")},
        {"Security": [*there("security.md", "how-to/attack-it.md")]},
    ]
    known = set(pages(sections))
    rest = [path for path in sorted(names(DOCS.glob("*.md"))) if path not in known]
    sections[0]["Start"] += rest  # type: ignore[index]
    return sections


def how_to() -> list[Entry]:
    """How-to pages by what the README's table says they are for."""
    heading, groups, placed = "", {}, {"how-to/attack-it.md"}
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            heading = line.lstrip("# ")
        for path in LINK.findall(line):
            page = path.removeprefix("docs/")
            if page.startswith("how-to/") and page not in placed and (DOCS / page).exists():
                placed.add(page)
                groups.setdefault(heading, []).append(page)
    rest = [page for page in sorted(names((DOCS / "how-to").glob("*.md"))) if page not in placed]
    return [{title: entries} for title, entries in groups.items()] + ([{"More": rest}] if rest else [])


def folder(name: str, *but: str) -> list[Entry]:
    """The pages of a folder: its index, what that links in its order, and the rest by name."""
    found = sorted(names((DOCS / name).glob("*.md")))
    index = next((page for page in found if Path(page).stem in ("index", "README")), None)
    order = [index] if index else []
    if index:
        text = (DOCS / index).read_text(encoding="utf-8")
        order += [page for link in LINK.findall(text) if (page := f"{name}/{link}") in found]
    chosen = [*dict.fromkeys([*order, *found])]
    return [page for page in chosen if Path(page).stem not in but]


def checks() -> list[Entry]:
    """The log's format, and the checks of dashboards and rules: one folder for each kind of thing."""
    kinds = sorted(path.name for path in (DOCS / "checks").iterdir() if path.is_dir())
    return [
        *there("format.md"),
        {"Checks": [*folder("checks"), *({kind.capitalize(): folder(f"checks/{kind}")} for kind in kinds)]},
    ]


def there(*paths: str) -> list[Entry]:
    """Those of the paths that exist."""
    return [path for path in paths if (DOCS / path).exists()]


def names(paths: Any) -> list[str]:
    """Paths as MkDocs names them."""
    return [path.relative_to(DOCS).as_posix() for path in paths]


def pages(entries: list[Entry]) -> list[str]:
    """Every page below these entries."""
    found: list[str] = []
    for entry in entries:
        if isinstance(entry, str):
            found.append(entry)
        else:
            for below in entry.values():
                found += pages(below if isinstance(below, list) else [below])
    return found
