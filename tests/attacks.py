"""Calamum's command line, as tests call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from unmeasured import UNMEASURED

COMMAND = str(Path(sys.executable).with_name("calamum"))
SECONDS = 170


def calamum(*words, cwd):
    """What it did, and with ``--json`` the document that it wrote."""
    done = subprocess.run(
        [COMMAND, *words],
        cwd=cwd,
        env=UNMEASURED,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done, json.loads(done.stdout) if "--json" in words and done.stdout else None
