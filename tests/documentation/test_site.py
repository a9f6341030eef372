"""The site of the documents: it is whole, it stands by itself, and every page can be reached."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from unmeasured import UNMEASURED

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_BY_RUNS = {"domains", "metrics"}


def hook(name):
    """A hook of the site, as MkDocs loads it: by its path."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Page(HTMLParser):
    """What a page of the site links, what it loads, and what can be linked in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.loads, self.anchors = [], [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs) -> None:
        words = {name: value or "" for name, value in attrs}
        self.anchors |= {words[name] for name in ("id", "name") if name in words}
        if tag == "a" and "href" in words:
            self.links.append(words["href"])
        elif tag == "link" and words.get("rel") not in ("prev", "next", "canonical"):
            self.loads.append(words["href"])
        elif words.get("src"):
            self.loads.append(words["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make site` does."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env=UNMEASURED | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site, read."""
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_link_of_the_site_leads_to_a_page_and_a_place_in_it(site, pages):
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            base = site if path.name == "404.html" else path.parent
            target = Path(os.path.normpath(base / unquote(parts.path))) if parts.path else path
            if target.name == site.name or link.startswith("/"):
                target = site / "index.html"
            if not target.is_file() or (
                target in pages and unquote(parts.fragment) not in pages[target].anchors
            ):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site, pages):
    loaded = {load for page in pages.values() for load in page.loads}
    assert loaded
    assert [
        load for load in loaded if urlsplit(load).scheme not in ("", "data") or load.startswith("//")
    ] == []
    styles = "\n".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?https?:|@import", styles) == []


def test_every_page_is_in_the_navigation_once():
    nav = hook("site_nav")
    written = {
        path.relative_to(nav.DOCS).as_posix()
        for path in nav.DOCS.rglob("*.md")
        if path.relative_to(nav.DOCS).parts[0] not in WRITTEN_BY_RUNS
    }
    found = nav.pages(nav.navigation())
    assert sorted(found) == sorted(written)


def test_a_new_page_needs_nothing_but_its_file(tmp_path, monkeypatch):
    nav = hook("site_nav")
    for name in ("docs/how-to/known", "docs/how-to/brand-new", "docs/concepts/b", "docs/concepts/a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.md").write_text("# x\n")
    (tmp_path / "docs/checks").mkdir()
    (tmp_path / "docs/concepts/index.md").write_text("# Concepts\n\n[b](b.md)\n")
    (tmp_path / "docs/loose.md").write_text("# x\n")
    (tmp_path / "README.md").write_text("### See\n\n[known](docs/how-to/known.md)\n")
    monkeypatch.setattr(nav, "ROOT", tmp_path)
    monkeypatch.setattr(nav, "DOCS", tmp_path / "docs")
    sections = {title: entries for section in nav.navigation() for title, entries in section.items()}
    assert sections["How to"] == [{"See": ["how-to/known.md"]}, {"More": ["how-to/brand-new.md"]}]
    assert sections["Concepts"] == ["concepts/index.md", "concepts/b.md", "concepts/a.md"]
    assert sections["Start"] == ["loose.md"]


def test_what_pages_link_in_the_repository_is_in_the_site(site):
    path = "infrastructure/ci/push-deployment.sh"
    assert (site / "source" / f"{path}.txt").read_bytes() == (ROOT / path).read_bytes()
    listing = (site / "source/infrastructure/grafana/dashboards/index.html").read_text()
    assert "system-overview.json" in listing


def test_the_pictures_show_what_the_functions_do():
    done = subprocess.run(
        [sys.executable, "tools/pictures.py", "--check"],
        cwd=ROOT,
        env=UNMEASURED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr} - run `make pictures`"


def test_every_picture_is_shown_and_every_one_that_is_shown_is_made():
    texts = "\n".join(
        page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    )
    shown = set(re.findall(r"assets/((?:pictures|screenshots)/[a-z-]+\.(?:svg|png))", texts))
    there = {
        path.relative_to(ROOT / "docs/assets").as_posix()
        for folder in ("pictures", "screenshots")
        for path in (ROOT / "docs/assets" / folder).iterdir()
    }
    assert shown == there
    assert all(path.stat().st_size < 150_000 for path in (ROOT / "docs/assets/screenshots").iterdir())
