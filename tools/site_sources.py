"""A hook of MkDocs: files of the repository that a page links are copied into the site, which is whole then.

A file becomes ``source/<path>.txt``, which every browser shows; a folder becomes a page that lists its files.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, InclusionLevel

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)((?:#[^)]*)?)\)")
MOST_FILES = 40


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every file of the repository that any page links."""
    for page in [file for file in files if file.is_documentation_page()]:
        for target in linked(page.src_uri, page.content_string):
            for path in [target, *below(target)]:
                if files.get_file_from_path(name_of(path)) is None:
                    files.append(copy(path, config))
    return files


def on_page_markdown(markdown: str, page: object, **_: object) -> str:
    """Lead links out of docs/ to the copies."""
    uri: str = page.file.src_uri  # type: ignore[attr-defined]

    def led(match: re.Match[str]) -> str:
        target = outside(uri, match[1])
        if target is None:
            return match[0]
        up = "../" * uri.count("/")
        return f"]({up}{name_of(target)})"

    return LINK.sub(led, markdown)


def linked(uri: str, markdown: str) -> list[Path]:
    """What a page links outside docs/, or as a folder inside."""
    return [found for link, _ in LINK.findall(markdown) if (found := outside(uri, link)) is not None]


def outside(uri: str, link: str) -> Path | None:
    """The file or folder of the repository that a link means; None where it is a page of the site."""
    target = Path(DOCS / uri).parent.joinpath(link).resolve()
    if not target.is_relative_to(ROOT) or not target.exists():
        return None
    return None if target.is_relative_to(DOCS) and target.is_file() else target


def below(target: Path) -> list[Path]:
    """The files of a folder that its page lists."""
    if not target.is_dir():
        return []
    return [path for path in sorted(target.rglob("*")) if path.is_file() and "__pycache__" not in path.parts][
        :MOST_FILES
    ]


def name_of(target: Path) -> str:
    """Where the copy of a file, or the page of a folder, lies in the site."""
    path = PurePosixPath("source") / target.relative_to(ROOT).as_posix()
    return f"{path}/index.md" if target.is_dir() else f"{path}.txt"


def copy(target: Path, config: MkDocsConfig) -> File:
    """The copy of a file as it is, or a list of what a folder holds."""
    if target.is_file():
        made = File.generated(config, name_of(target), content=target.read_bytes())
    else:
        rows = [
            f"- [{path.relative_to(target)}]({path.relative_to(target).as_posix()}.txt)"
            for path in below(target)
        ]
        text = f"# {target.relative_to(ROOT).as_posix()}/\n\n" + "\n".join(rows) + "\n"
        made = File.generated(config, name_of(target), content=text)
    made.inclusion = InclusionLevel.NOT_IN_NAV
    return made
