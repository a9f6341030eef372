"""Install Debian's chromium where it is missing: the tests look at every dashboard in a real browser.

Usage: python3 tools/get_browser.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSER = Path("/usr/bin/chromium")
COMMANDS = (
    ["apt-get", "-q", "update"],
    ["apt-get", "-q", "install", "-y", "--no-install-recommends", "chromium"],
)


def main() -> int:
    """Nothing to do where it is there; else apt's, as root."""
    if BROWSER.exists():
        return 0
    by_hand = " && ".join(" ".join(words) for words in COMMANDS)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"{BROWSER} is missing; as root: {by_hand}", file=sys.stderr)
        return 1
    print("installing chromium from Debian's packages", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in COMMANDS:
        done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            print(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
