"""The committed pages are what their source makes, and small."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from codesentinel.web.viewer.assets import STATIC
from npm_packages import SOURCE, install, needs_node, npm

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FIRST_PAGE_BYTES = 60_000


@pytest.fixture(scope="module")
def installed():
    install()


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@needs_node
@pytest.mark.slow
@pytest.mark.xdist_group("npm")
def test_a_rebuild_gives_the_same_bytes(installed, tmp_path):
    npm("run", "build", "--", "--outDir", str(tmp_path / "static"), "--logLevel", "error")
    fresh, committed = content(tmp_path / "static"), content(STATIC)
    assert sorted(fresh) == sorted(committed), "cd viewer && npm run build"
    assert [name for name in fresh if fresh[name] != committed[name]] == []


@needs_node
@pytest.mark.slow
@pytest.mark.xdist_group("npm")
def test_the_source_is_typed_and_its_pure_parts_do_what_grafana_does(installed):
    npm("run", "check")
    assert "# fail 0" in npm("test")


def test_the_first_page_is_small():
    """The page, its style, and what it loads before anybody has clicked anything."""
    page = (STATIC / "index.html").read_text()
    named = [path.relative_to(STATIC).as_posix() for path in (STATIC / "assets").iterdir()]
    first = ["index.html", *(name for name in named if name in page)]
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in first}
    assert len(first) >= 4, first
    assert sum(sizes.values()) < LARGEST_FIRST_PAGE_BYTES, sizes


def test_the_lock_file_names_no_host():
    text = (SOURCE / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_a_source_file_has_one_subject_and_fits_in_a_glance():
    for path in (SOURCE / "src").rglob("*.ts"):
        lines = path.read_text().count("\n")
        assert lines <= 250, f"{path.name}: {lines} lines"
        assert path.read_text().startswith("/** "), f"{path.name} does not say what it is"
