"""The wheel and the source distribution, built from this checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder, *kinds, source=ROOT):
    """Build into a folder; the files made, by kind."""
    for kind in kinds:
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
        subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    made = {"wheel": next(folder.glob("*.whl"), None), "sdist": next(folder.glob("*.tar.gz"), None)}
    return tuple(made[kind] for kind in kinds)
