"""Programs of others that scenarios take: Debian's stress-ng, and libfaketime for a clock that jumps.

They are found where they are installed, else fetched as Debian's packages by whoever plays, and run once to
see that they work. What cannot be had has a reason, and the cases that need it are skipped with that.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import CodesentinelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

STRESS, CLOCK = "stress-ng", "libfaketime"
NAMES = (STRESS, CLOCK)
_PACKAGES = {STRESS: (STRESS, "libjudydebian1", "libsctp1", "libipsec-mb1"), CLOCK: (CLOCK,)}
_TRY_SECONDS = 20
_LIBRARY = "usr/lib/*/faketime/libfaketime.so.1"
_LATER = "+10000d"
_CLOCK_TEST = """\
import time
if time.time() < 2_600_000_000: raise SystemExit("the clock does not move")
print("libfaketime")
"""


class Tool(NamedTuple):
    """A program as it is started here, or variables that load a library; and what it says that it is."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str]
    version: str


def find(names: Iterable[str], fetch: Callable[[str], Path]) -> tuple[dict[str, Tool], dict[str, str]]:
    """The tools that work here by their names; and why the others do not.

    Args:
        names: what is wanted.
        fetch: gives the folder into which a Debian package was unpacked; raises what a user is told.
    """
    found, missing = dict[str, Tool](), dict[str, str]()
    for name in names:
        why = "it does not work here"
        for candidate in _installed(name), None:
            try:
                tool = candidate or _fetched(name, [fetch(package) for package in _PACKAGES[name]])
            except CodesentinelError as exc:
                why = exc.message
                continue
            version, why = _tried(tool)
            if version:
                found[name] = tool._replace(version=version)
                break
        else:
            missing[name] = why
    return found, missing


def _installed(name: str) -> Tool | None:
    if name == STRESS:
        path = shutil.which(STRESS)
        return Tool(name, (path,), {}, "") if path else None
    library = next(iter(glob.glob(f"/{_LIBRARY}")), "")
    return Tool(name, (), {"LD_PRELOAD": library}, "") if library else None


def _fetched(name: str, folders: list[Path]) -> Tool:
    if name == STRESS:
        libraries = ":".join(str(path) for folder in folders for path in folder.glob("usr/lib/*-linux-*"))
        return Tool(name, (str(folders[0] / "usr/bin" / STRESS),), {"LD_LIBRARY_PATH": libraries}, "")
    library = next(iter(folders[0].glob(_LIBRARY)), folders[0])
    return Tool(name, (), {"LD_PRELOAD": str(library)}, "")


def _tried(tool: Tool) -> tuple[str, str]:
    """What it says of itself, and nothing; or nothing, and what went wrong."""
    words = [*tool.words, "--version"] if tool.words else [sys.executable, "-c", _CLOCK_TEST]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **tool.environment, "FAKETIME": _LATER},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TRY_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        return "", str(exc)
    if done.returncode:
        return "", (done.stderr.strip().splitlines() or ["it does not work here"])[-1]
    return " ".join(done.stdout.replace(",", "").split()[:3]), ""
