"""What people install: complete, typed, and able to start without any extra."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from servers import free_port
from unmeasured import UNMEASURED

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder / "site")
    return folder / "site"


def run(installed, code, cwd):
    """Run code with the installed package instead of the checkout."""
    environment = {k: v for k, v in UNMEASURED.items() if not k.startswith("CODESENTINEL_")}
    environment["PYTHONPATH"] = str(installed)
    environment["CODESENTINEL_SOURCES_PROMETHEUS_URL"] = f"http://127.0.0.1:{free_port()}"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


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
