"""What the lock file of the viewer names, installed once, however many workers ask for it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
