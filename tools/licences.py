"""Write docs/reference/licences.md: every package that codesentinel needs or ships, and its licence.

Usage: python tools/licences.py [--check]

It reads the metadata of what is installed, which has to be all that requirements/dev.txt pins.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "licences.md"
NOT_PINNED = {"ray", "spark"}
TAGS = {
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
HEAD = """\
<!-- Written by `make docs` from the metadata of the packages; change the packages instead. -->

# Licences

codesentinel is under the Apache License 2.0. What it needs is installed beside it by pip, under its own
licence; nothing of it is copied into the wheel but what the last table names. `make release` writes bills of
materials (CycloneDX) with every version.

The servers that `codesentinel up` runs (Prometheus, Alertmanager, Pushgateway, node exporter,
VictoriaMetrics: all Apache-2.0) are programs of their own: they are fetched from Debian, and run as they are.
"""


def main() -> int:
    """Write the page; with --check, 1 when it differs."""
    text = page()
    same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    if not same and "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    print(f"licences.md {'is up to date' if same else 'changed'}")
    return 0 if same or "--check" not in sys.argv else 1


def page() -> str:
    """The whole page."""
    by_package: dict[str, set[str]] = {}
    for extra in ("", *extras()):
        for name in needed(extra):
            by_package.setdefault(name, set()).add(extra)
    lines = [HEAD, "## Python packages\n", "| package | licence | needed by |", "|---|---|---|"]
    for name, wanted in sorted(by_package.items()):
        why = "always" if "" in wanted else ", ".join(f"`{extra}`" for extra in sorted(wanted))
        lines.append(f"| {name} | {licence(distribution(name))} | {why} |")
    lines += ["\n## Built into the viewer\n", "| package | licence |", "|---|---|"]
    lines += [f"| {name} | {terms} |" for name, terms in built_in()]
    return "\n".join(lines) + "\n"


def extras() -> list[str]:
    """The extras whose packages are pinned."""
    found = distribution("codesentinel").metadata.get_all("Provides-Extra") or []
    return sorted(set(found) - NOT_PINNED)


def needed(extra: str) -> set[str]:
    """Every package that codesentinel needs for an extra, or without any: also what those need."""
    found: set[str] = set()
    waiting = [("codesentinel", extra)]
    seen = set(waiting)
    while waiting:
        name, wanted = waiting.pop()
        for requirement in requirements(name, wanted):
            package = canonicalize_name(requirement.name)
            try:
                distribution(package)
            except PackageNotFoundError:
                continue  # for another system, or another Python
            found.add(package)
            for one in ("", *requirement.extras):
                if (package, one) not in seen:
                    seen.add((package, one))
                    waiting.append((package, one))
    return found


def requirements(name: str, extra: str) -> Iterator[Requirement]:
    """What a package needs for an extra and not without it; without any where ``extra`` is empty."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        without = marker is None or marker.evaluate({"extra": ""})
        if without if not extra else marker is not None and not without and marker.evaluate({"extra": extra}):
            yield requirement


def licence(package: Distribution) -> str:
    """By its SPDX expression, else by its classifiers, else by the first line of what it says."""
    metadata = package.metadata
    told = metadata.get("License-Expression") or ""
    classified = [one for one in metadata.get_all("Classifier") or () if one.startswith("License ::")]
    short = (metadata.get("License") or "").strip().splitlines()[:1]
    tags = [TAGS.get(one, one) for one in (*(one.rpartition(" :: ")[2] for one in classified), *short)]
    named = [one for one in (told, *tags) if one and one != "OSI Approved"]
    if not named and any("The MIT License" in text for text in texts(package)):
        return "MIT"
    return re.sub(r"\s+", " ", named[0]) if named else "not said"


def texts(package: Distribution) -> Iterator[str]:
    """The licences that came with a package."""
    for file in package.files or ():
        if "licen" in file.name.lower() and ".dist-info" in str(file):
            yield file.read_text(encoding="utf-8")


def built_in() -> list[tuple[str, str]]:
    """The packages whose code the built viewer holds, and their licences."""
    lock = json.loads((ROOT / "viewer/package-lock.json").read_text(encoding="utf-8"))
    return [
        (path.removeprefix("node_modules/"), facts["license"])
        for path, facts in sorted(lock["packages"].items())
        if path and not facts.get("dev")
    ]


if __name__ == "__main__":
    sys.exit(main())
