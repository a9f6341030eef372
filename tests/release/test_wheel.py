"""What people install: complete, typed, and able to start without any extra."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from built import ROOT, build
from servers import free_port
from unmeasured import UNMEASURED


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The wheel and the source distribution."""
    return build(tmp_path_factory.mktemp("dist"), "wheel", "sdist")


@pytest.fixture(scope="module")
def installed(made, tmp_path_factory):
    """The wheel, unpacked into a folder of its own."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(made[0]) as content:
        content.extractall(site)
    return site


def run(installed, code, cwd):
    """Run code with the installed package instead of the checkout."""
    environment = {k: v for k, v in UNMEASURED.items() if not k.startswith("CODESENTINEL_")}
    environment["PYTHONPATH"] = str(installed)
    environment["CODESENTINEL_SOURCES_PROMETHEUS_URL"] = f"http://127.0.0.1:{free_port()}"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_both_are_the_same_wherever_whenever_and_by_whomever_they_are_built(made, tmp_path):
    copy = tmp_path / "elsewhere"
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in tracked:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
            (copy / name).chmod(0o600 | (ROOT / name).stat().st_mode & 0o100)
            os.utime(copy / name, (1e9, 1e9))
    shutil.copyfile(ROOT / ".gitignore", copy / ".gitignore")
    (tmp_path / "again").mkdir()
    again = build(tmp_path / "again", "wheel", "sdist", source=copy)
    assert [path.name for path in again] == [path.name for path in made]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in made]


def test_the_wheel_can_be_built_from_the_source_distribution(made, tmp_path):
    wheel, sdist = made
    with tarfile.open(sdist) as content:
        content.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert build(tmp_path, "wheel", source=source)[0].read_bytes() == wheel.read_bytes()


def test_the_wheel_brings_the_manual(installed):
    pages = {path.name for path in installed.glob("*.data/data/share/man/man1/*.1")}
    assert {"calamum.1", "codesentinel.1", "codesentinel-memory.1"} <= pages


def test_the_wheel_is_typed_licensed_and_brings_the_demo_shop(installed, tmp_path):
    assert (installed / "codesentinel/py.typed").exists()
    assert list(installed.glob("*.dist-info/licenses/LICENSE"))
    code = "import codesentinel; from codesentinel.operations.stack_services import shop_folder; print(codesentinel.__file__, shop_folder())"
    package, shop = run(installed, code, tmp_path).stdout.split()
    assert Path(package).is_relative_to(installed)
    assert Path(shop).is_relative_to(installed)
    assert (Path(shop) / "load.py").exists()


def test_the_wheel_brings_the_viewer_and_its_dashboards(installed, tmp_path):
    code = (
        "from codesentinel.operations.viewer.shelf import shipped_folder\n"
        "from codesentinel.web.viewer.assets import STATIC, Assets\n"
        "Assets()\nprint(STATIC, shipped_folder(), len(list(shipped_folder().glob('*.json'))))"
    )
    static, folder, count = run(installed, code, tmp_path).stdout.split()
    assert Path(static).is_relative_to(installed)
    assert Path(folder).is_relative_to(installed)
    assert int(count) >= 5


def test_without_extras_everything_else_works_and_says_what_is_missing(installed, tmp_path):
    blocked = "import sys\nfor name in ('numpy', 'scipy', 'uvicorn', 'starlette'): sys.modules[name] = None\nfrom codesentinel.cli.main import main\n"
    done = run(installed, blocked + "sys.exit(main(['--version']))", tmp_path)
    assert done.returncode == 0
    done = run(installed, blocked + "sys.exit(main(['review']))", tmp_path)
    assert done.returncode == 3
    assert "not judged: capacity: trends need the trends extra (numpy is missing)" in done.stdout
    assert "Traceback" not in done.stderr


def test_nothing_of_the_workplace_is_committed():
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    for name in files:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".txt", ".yml", ".in") or name == "Makefile":
            assert str(ROOT) not in path.read_text(encoding="utf-8"), name
