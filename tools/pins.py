"""Pin what requirements/*.txt hold, with hashes and without the address of any registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("web", "trends", "archive")
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--universal",
    "--python-version=3.11",
)


def main() -> None:
    """Write both files; ``--upgrade`` takes the newest versions that fit."""
    for name, more in (("run", []), ("dev", ["--group=dev"])):
        extras = [f"--extra={extra}" for extra in EXTRAS]
        inputs = ["pyproject.toml", "requirements/build.in", f"--output-file=requirements/{name}.txt"]
        uv = Path(sys.executable).with_name("uv")
        subprocess.run(
            [uv, "pip", "compile", *OPTIONS, *extras, *more, *sys.argv[1:], *inputs], cwd=ROOT, check=True
        )


if __name__ == "__main__":
    main()
