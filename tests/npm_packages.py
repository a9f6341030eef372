"""What a lock file names, installed by npm once, however many workers ask for it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from servers import CACHE

SOURCE = Path(__file__).resolve().parent.parent / "viewer"

needs_node = pytest.mark.skipif(
    shutil.which("npm") is None and "CI" not in os.environ,
    reason="no npm here: the pages are rebuilt, and looked at by axe, in CI",
)


def npm(*words: str) -> str:
    """Run npm in the viewer's folder; what it said."""
    done = subprocess.run(
        ["npm", *words], cwd=SOURCE, capture_output=True, text=True, check=False, timeout=160
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install() -> None:
    """``npm ci``, unless that was done for this lock file."""
    stamp = SOURCE / "node_modules" / ".package-lock.json"
    with (SOURCE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = (SOURCE / "package-lock.json").stat().st_mtime
        if not stamp.exists() or stamp.stat().st_mtime < newest:
            npm("ci", "--no-audit", "--no-fund")
            stamp.touch()


def modules(project: Path) -> Path:
    """The folder ``node_modules`` of a project of the tests, as its lock file says, kept in the cache."""
    names = ("package.json", "package-lock.json", ".npmrc")
    key = hashlib.sha256(b"".join((project / name).read_bytes() for name in names)).hexdigest()[:16]
    folder = CACHE.parent / f"{project.name}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            for name in names:
                shutil.copy(project / name, folder)
            subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True, timeout=350)
            (folder / "done").touch()
    return folder / "node_modules"
