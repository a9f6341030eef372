"""Commands that are run before and after something, each for so long at most, its output kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.act.child import exit_words, run_through
from codesentinel.model.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SHOWN_CHARACTERS = 200


def run_hook(argv: Sequence[str], facts: Mapping[str, str], *, timeout_seconds: float, log: Path) -> None:
    """Run one command, with ``facts`` in its environment.

    Raises:
        Failed: there is no such program, it took too long, or it ended with another status than 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        status = run_through(argv, {**os.environ, **facts}, timeout_seconds=timeout_seconds, log=log)
    except OSError as exc:
        raise Failed(f"{argv[0]} cannot be run: {exc.strerror}") from exc
    if status is None:
        raise Failed(f"{argv[0]} took longer than {timeout_seconds:g} s and was ended")
    if status:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or ["nothing"]
        raise Failed(f"{argv[0]}: {exit_words(status)}; it said: {said[0][:_SHOWN_CHARACTERS]}")
