"""Programs of others that scenarios take: Debian's stress-ng and strace.

It is found where it is installed, else fetched as Debian's packages by whoever plays, and run once to see
that it works. What cannot be had has a reason: cases that need it are skipped with that, others do without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import CodesentinelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

STRESS, STRACE = "stress-ng", "strace"
PACKAGES = {
    STRESS: (STRESS, "libjudydebian1", "libsctp1", "libipsec-mb1"),
    STRACE: (STRACE, "libunwind8"),
}
"""Tools to Debian's packages of them, the one that holds the program first."""

NAMES = tuple(PACKAGES)
_TRY_SECONDS = 20


class Tool(NamedTuple):
    """A program as it is started here, and what it says that it is."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str]
    version: str = ""


def find(names: Iterable[str], fetch: Callable[[str], Path]) -> tuple[dict[str, Tool], dict[str, str]]:
    """The tools that work here by their names; and why the others do not.

    Args:
        names: what is wanted.
        fetch: gives the folder into which a Debian package was unpacked; raises what a user is told.
    """
    found, missing = dict[str, Tool](), dict[str, str]()
    for name in names:
        try:
            found[name] = _tried(_installed(name) or _fetched(name, fetch))
        except CodesentinelError as exc:
            missing[name] = exc.message
        except (OSError, subprocess.SubprocessError) as exc:
            missing[name] = f"it does not start: {exc}"
    return found, missing


def _installed(name: str) -> Tool | None:
    path = shutil.which(name)
    return Tool(name, (path,), {}) if path else None


def _fetched(name: str, fetch: Callable[[str], Path]) -> Tool:
    folders = [fetch(package) for package in PACKAGES[name]]
    libraries = ":".join(str(path) for folder in folders for path in folder.glob("usr/lib/*-linux-*"))
    return Tool(name, (str(folders[0] / "usr/bin" / name),), {"LD_LIBRARY_PATH": libraries})


def _tried(tool: Tool) -> Tool:
    done = subprocess.run(
        [*tool.words, "--version"],
        env={**os.environ, **tool.environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=_TRY_SECONDS,
    )
    return tool._replace(version=" ".join(done.stdout.replace(",", "").split()[:3]))
