"""What people install: bare by pipx, and with each extra, whose absence is told by its name."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from built import ROOT, build
from servers import free_port
from unmeasured import UNMEASURED

BIN = Path(sys.executable).parent
SERIES = "".join(f"{1_790_000_000 + 300 * i},{i % 24}\n" for i in range(300))
EVENT = (
    '{"timestamp":"2026-11-01T00:00:00.000+00:00","domain":"shop","session_id":"s","agent_id":"a",'
    '"activity":{"action":"sold","success":true},"success":true,"files_modified":[],"duration_ms":0.0}\n'
)
NEEDS = {
    "web": ("dashboards serve --port {port}", "web"),
    "archive": ("memory archive --keep 0s", "archive"),
    "mcp": ("mcp", "mcp"),
    "trends": ("trends anomalies --input series.csv", "trends"),
    "models": ("trends forecast --input series.csv --horizon 1h --model theta", "trends"),
    "trends,plots": ("trends forecast --input series.csv --horizon 1h --output series.png", "trends"),
    "cloud": ("metrics cloudwatch list", "cloud"),
    "dashboards": ("alerts check --offline", "dashboards"),
    "profile": ("profile record --service shop --duration 1s -- sleep 2", "profile"),
    "canary": ("canary simulate --requests-per-minute 600", "trends"),
    "satellites": ("satellites list", "satellites"),
    "elastic": ("satellites ship --url http://127.0.0.1:{port}", "elastic"),
}
"""What to install, a command that cannot do without it, and the extra that it asks for first where there is none."""
NOT_HERE = {"cluster", "dask", "fleet", "ray", "spark"}
"""For clusters and many machines: tested where they run, or too big for a test."""
pytestmark = pytest.mark.xdist_group("install")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    return build(tmp_path_factory.mktemp("dist"), "wheel")[0]


@pytest.fixture(scope="module")
def pins(tmp_path_factory):
    """The versions that are tested, without their hashes: a file of constraints."""
    path = tmp_path_factory.mktemp("pins") / "constraints.txt"
    pinned = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    path.write_text("\n".join(re.findall(r"(?m)^([\w.-]+==[^\\\n]+)", pinned)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel, pins):
    """Make an environment of its own with the wheel and some extras; its program."""

    def install(extras=""):
        folder = tmp_path_factory.mktemp("venv")
        run(BIN / "uv", "venv", "-q", "-p", sys.executable, folder)
        wanted = f"{wheel}[{extras}]" if extras else str(wheel)
        run(BIN / "uv", "pip", "install", "-q", "-p", folder / "bin/python", "-c", pins, wanted)
        return folder / "bin/codesentinel"

    return install


@pytest.fixture(scope="module")
def bare(installed):
    """The program without any extra."""
    return installed()


@pytest.fixture
def workspace(tmp_path):
    """One with a file of numbers and an instruction file."""
    (tmp_path / "codesentinel.toml").touch()
    (tmp_path / "AGENTS.md").write_text("# Nothing to do\n")
    log = tmp_path / "docs/domains/shop/history.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(EVENT)
    (tmp_path / "series.csv").write_text(f"timestamp,value\n{SERIES}")
    return tmp_path


def run(*command, **options):
    """Run to the end, which must be good."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def play(program, line, workspace):
    """What a command says, and its status; a server is ended once it serves."""
    words = line.format(port=free_port()).split()
    running = subprocess.Popen(
        [program, *words],
        cwd=workspace,
        env=UNMEASURED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        if "serve" in words:
            for _ in range(600):
                if running.poll() is not None or answers(words[-1]):
                    break
                time.sleep(0.1)
            running.terminate()
        said, _ = running.communicate(timeout=120)
    finally:
        running.kill()
    return running.returncode, said


def answers(port):
    """Whether somebody listens there."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", int(port))) == 0


def test_every_extra_is_tried_or_said_not_to_be():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = {extra for extras in NEEDS for extra in extras.split(",")}
    assert tried | NOT_HERE == set(project["optional-dependencies"])


@pytest.mark.parametrize("extras", NEEDS)
def test_without_an_extra_its_name_is_told_and_with_it_the_command_runs(extras, bare, installed, workspace):
    line, asked_first = NEEDS[extras]
    status, said = play(bare, line, workspace)
    assert f"pip install 'codesentinel[{asked_first}]'" in said
    assert status == 3
    _, said = play(installed(extras), line, workspace)
    assert "pip install" not in said
    assert "Traceback" not in said
    assert "defect" not in said


def test_pipx_installs_the_wheel_bare_with_its_manual(wheel, pins, workspace, tmp_path):
    if shutil.which("pip3") is None and not (BIN / "pip").exists():
        pytest.skip("pipx installs by pip, and there is none")
    home = tmp_path / "pipx"
    environment = UNMEASURED | {
        "PIPX_HOME": str(home),
        "PIPX_BIN_DIR": str(home / "bin"),
        "PIPX_MAN_DIR": str(home / "man"),
        "PIP_CONSTRAINT": str(pins),
    }
    run(BIN / "pipx", "install", "--python", sys.executable, wheel, env=environment)
    listed = run(home / "bin/codesentinel", "memory", "process", "system", "--limit", "1", cwd=workspace)
    assert "processes" in listed
    assert "codesentinel" in run(home / "bin/calamum", "--help")
    assert (home / "man/man1/codesentinel-memory.1").exists()
