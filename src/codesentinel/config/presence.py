"""Whether anything is set at all: most workspaces set nothing, and then nothing is parsed."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "CODESENTINEL_"
OWN, SHARED = "codesentinel.toml", "pyproject.toml"
_NAME = b"codesentinel"


def is_anything_set(root: str, environ: Mapping[str, str]) -> bool:
    """Whether a file of the workspace or the environment may hold settings, or cannot be looked into."""
    if any(name.startswith(PREFIX) for name in environ) or os.path.lexists(f"{root}/{OWN}"):
        return True
    try:
        with open(f"{root}/{SHARED}", "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return _NAME in content and any(_may_be_ours(line) for line in content.splitlines())


def _may_be_ours(line: bytes) -> bool:
    """Whether a line of TOML may open or extend our table; a dependency on us is no setting."""
    if _NAME not in line:
        return False
    bare = line.strip().lstrip(b"\"'")
    return bare.startswith((b"[", b"tool")) or (bare.startswith(_NAME) and b"=" in line)
