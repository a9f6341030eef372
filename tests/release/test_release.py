"""What is published: refused before its day, with bills of materials, and under licences that allow it."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys

import pytest

from built import ROOT, build
from codesentinel import __version__

pytestmark = pytest.mark.xdist_group("install")
MAY_BE_USED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
"""Licences of libraries that a program under Apache-2.0 may need; MPL-2.0 binds the files of the library itself."""


def tool(name):
    """A program of tools/, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tools/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy(tmp_path, **changed):
    """The files that a release is judged by, some of them changed."""
    for name in ("src/codesentinel/__init__.py", "CHANGELOG.md", "viewer/package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name, (old, new) in changed.items():
        path = tmp_path / {"changelog": "CHANGELOG.md", "viewer": "viewer/package.json"}[name]
        path.write_text(path.read_text().replace(old, new, 1))
    return tmp_path


def test_a_release_is_refused_with_every_reason(tmp_path, monkeypatch):
    release = tool("release")
    monkeypatch.setattr(release, "ROOT", copy(tmp_path, viewer=(f'"{__version__}"', '"9.9.9"')))
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(re.sub(r"## \[.*\] - .*", "## [8.8.8] - unreleased", changelog.read_text(), count=1))
    assert release.unready() == [
        f"the changelog begins with 8.8.8, and this is {__version__}",
        "the changelog gives no date for 8.8.8: unreleased",
        f"the viewer says 9.9.9, and this is {__version__}",
    ]


def test_on_its_day_it_is_ready(tmp_path, monkeypatch):
    release = tool("release")
    monkeypatch.setattr(release, "ROOT", copy(tmp_path, changelog=("- unreleased", "- 2026-12-01")))
    assert release.unready() == []


def test_the_versions_agree():
    assert json.loads((ROOT / "viewer/package.json").read_text())["version"] == __version__


def test_the_bill_of_materials_names_what_is_installed(tmp_path):
    release = tool("release")
    (wheel,) = build(tmp_path, "wheel")
    bill = json.loads(release.python_bill(wheel, ["web"], tmp_path, tmp_path).read_text())
    assert bill["bomFormat"] == "CycloneDX"
    versions = {one["name"]: one["version"] for one in bill["components"]}
    pinned = (ROOT / "requirements/dev.txt").read_text()
    assert {"msgspec", "starlette", "uvicorn"} <= set(versions)
    assert "numpy" not in versions
    for name in ("msgspec", "starlette"):
        assert f"\n{name}=={versions[name]} " in pinned


def test_the_viewer_has_a_bill_and_brings_the_licences_of_what_is_built_in(tmp_path):
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    bill = json.loads(tool("release").viewer_bill(tmp_path).read_text())
    notices = (ROOT / "src/codesentinel/web/static/third-party.txt").read_text()
    assert bill["components"]
    for one in bill["components"]:
        assert f"\n{one['name']}\n=" in notices


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="packages differ by the version of Python")
def test_every_licence_may_be_used():
    rows = re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \|", tool("licences").page())
    named = {
        name: set(re.split(r" AND | OR | WITH \S+", terms))
        for name, terms in rows
        if name not in {"package", "---"}
    }
    assert {
        name: terms - MAY_BE_USED - {""} for name, terms in named.items() if terms - MAY_BE_USED - {""}
    } == {}
