"""Write docs/assets/pictures/*.svg: what the concept pages show, made by the functions that they are about.

Usage: python tools/pictures.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from picture_of_stages import stages
from pictures_of_chance import coverage, discoveries, evidence, intervals, peeking
from pictures_of_time import anomaly, burn, flame, prediction, rhythm

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "assets" / "pictures"
PICTURES = (
    stages,
    intervals,
    coverage,
    evidence,
    peeking,
    discoveries,
    prediction,
    rhythm,
    anomaly,
    burn,
    flame,
)
NEAR = 1.0
"""By how much a coordinate may differ: processors round otherwise, and libraries change their last digits."""


def main() -> int:
    """Write the pictures; with --check, 1 when one shows something else."""
    differing = []
    for draw in PICTURES:
        path, text = FOLDER / f"{draw.__name__}.svg", draw()
        if not path.exists() or not alike(path.read_text(encoding="utf-8"), text):
            differing.append(path.name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    strange = {path.name for path in FOLDER.glob("*.svg")} - {f"{draw.__name__}.svg" for draw in PICTURES}
    told = ", ".join(differing) or "none"
    print(f"{len(PICTURES)} pictures, changed: {told}; made by nobody: {', '.join(strange) or 'none'}")
    return 1 if ("--check" in sys.argv and differing) or strange else 0


def alike(one: str, other: str) -> bool:
    """Whether two files show the same: the same words, and numbers that differ by next to nothing."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    if number.sub("#", one) != number.sub("#", other):
        return False
    pairs = zip(number.findall(one), number.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= NEAR for a, b in pairs)


if __name__ == "__main__":
    sys.exit(main())
