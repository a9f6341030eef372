"""Runs calamum in a room, as root and as somebody else, and has it looked at from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import codesentinel
from codesentinel.config.settings import Settings
from unmeasured import UNMEASURED

CALAMUM = [sys.executable, "-m", "codesentinel.cli.calamum"]
NOBODY = 65534
_ROOM = Path(__file__).with_name("room.py")
_WORDS = ("--mount", "--pid", "--ipc", "--fork", "--mount-proc", "--kill-child")


@cache
def around() -> tuple[str, ...]:
    """What makes a room of its own, where we may make one."""
    words = (shutil.which("unshare") or "", *_WORDS)
    if os.getuid() or not words[0]:
        return ()
    return () if subprocess.run([*words, "true"], capture_output=True, check=False).returncode else words


def users() -> list[int]:
    """Root and somebody who is not, as far as we may be both; 0 is whoever we are."""
    return [0] if os.getuid() else [0, NOBODY]


def in_room(
    workspace: Path, *runs: dict[str, Any], uid: int = 0, needs: tuple[Path, ...] = (), timeout: float = 400
) -> dict[str, Any]:
    """What came of each run, and what all of them left on the machine."""
    alone = bool(around())
    workspace.mkdir(exist_ok=True)
    components = Path(Settings().stack.components_dir).expanduser()
    kept = {Path(sys.prefix), Path(sys.base_prefix), _ROOM.parents[1], _package().parent, components, *needs}
    plan = {
        "uid": uid,
        "workspace": str(workspace),
        "tmp": "/tmp" if alone else str(workspace.parent / "tmp"),
        "home": "/tmp/home" if alone else str(workspace.parent / "home"),
        "needs": [str(path) for path in sorted(kept) if path.is_dir()],
        "runs": list(runs),
    }
    done = subprocess.run(
        [*around(), sys.executable, "-I", str(_ROOM), json.dumps(plan)],
        env={**UNMEASURED, "CODESENTINEL_STACK_COMPONENTS_DIR": str(components)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    found["left"] = [one for one in found["left"] if not _is_anothers(one)]
    return found


def _is_anothers(left: str) -> bool:
    """Whether it is a control group in which somebody else is, or that is gone again: nobody in the room is left."""
    if not left.startswith("+ cgroup "):
        return False
    try:
        return bool(Path(left.removeprefix("+ cgroup "), "cgroup.procs").read_text().strip())
    except OSError:
        return True


def can_run(workspace: Path, uid: int) -> str:
    """Why this user cannot even start the program here; empty where it can."""
    try:
        found = in_room(workspace, {"command": [*CALAMUM, "--version"]}, uid=uid)
    except AssertionError as exc:
        return str(exc)
    return found["runs"][0]["err"] if found["runs"][0]["status"] else ""


def _package() -> Path:
    return Path(codesentinel.__file__).parent
