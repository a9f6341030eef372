"""What it costs to start codesentinel, beside a bare Python and other command lines.

    python benchmarks/startup.py [--runs 25]

Fails when `--help` costs more than 2.5 times `python -c pass`, CPU of the whole process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from processes import installed, side_by_side, table

LIMIT = 2.5


def main() -> int:
    """Print the table; 1 when the limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=25)
    runs = parser.parse_args().runs
    beside = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as workspace:
        fresh = installed(Path(workspace) / "installed")
        ours = [str(beside / "codesentinel"), "--workspace", workspace]
        commands = {
            "python -c pass": [str(fresh / "python"), "-c", "pass"],
            "codesentinel --help": [str(fresh / "codesentinel"), "--help"],
            "codesentinel status": [*ours, "status"],
            "codesentinel down": [*ours, "down"],
        }
        for peer in ("uvicorn", "lint-imports", "pytest"):
            if (beside / peer).exists():
                commands[f"{peer} --help (peer)"] = [str(beside / peer), "--help"]
        timings = side_by_side(commands, runs=runs)
    print(table(timings))
    bare = timings["python -c pass"]
    timings["codesentinel --help"].claim(
        "`codesentinel --help`", "python -c pass", bare, limit=f"at most {LIMIT}x"
    )
    for name, timing in timings.items():
        if "(peer)" in name:
            ours = timings["codesentinel --help"]
            ours.claim("`codesentinel --help`", name.removesuffix(" (peer)"), timing)
    ratio = timings["codesentinel --help"].cpu_seconds / timings["python -c pass"].cpu_seconds
    print(f"\n--help costs {ratio:.2f}x python -c pass; the limit is {LIMIT}x")
    return ratio > LIMIT


if __name__ == "__main__":
    sys.exit(main())
