"""Pin what requirements/*.txt hold, with hashes and without the address of any registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ("web", "trends", "archive", "dashboards", "mcp", "profile", "satellites")
IMAGE = ("web", "trends", "archive", "mcp", "satellites", "cluster", "fleet", "elastic")
DEV = (*RUN, "canary", "cloud", "dask", "elastic", "fleet", "models", "plots")
SETS = {
    "run": tuple(f"--extra={name}" for name in RUN),
    "image": tuple(f"--extra={name}" for name in IMAGE),
    "dev": (
        *(f"--extra={name}" for name in DEV),
        "--group=dev",
    ),
}
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-strip-extras",  # an older pip takes `name[extra]` for another package, and its newest version
    "--universal",
    "--python-version=3.11",
)


def main() -> None:
    """Write the files; ``--upgrade`` takes the newest versions that fit."""
    for name, wanted in SETS.items():
        inputs = ["pyproject.toml", "requirements/build.in", f"--output-file=requirements/{name}.txt"]
        uv = Path(sys.executable).with_name("uv")
        command = [uv, "pip", "compile", *OPTIONS, *wanted, *sys.argv[1:], *inputs]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
