"""The state file of the stack: written by its supervisor, read by every other command."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from codesentinel.model.service import StackState

if TYPE_CHECKING:
    from pathlib import Path


def write_stack_state(path: Path, state: StackState) -> None:
    """Replace the file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(path)


def read_stack_state(path: Path) -> StackState | None:
    """The state last written, or None where there is none or it cannot be understood.

    The supervisor may have died since: whether it lives is for the caller to prove.
    """
    try:
        return StackState.from_document(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def touch_stack_state(path: Path) -> None:
    """Leave a sign of life: the file's time of change."""
    path.touch()


def last_seen(path: Path) -> float | None:
    """When the supervisor last left a sign of life, in epoch seconds."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None
