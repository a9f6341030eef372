"""The installed program as a child: the only way in which calamum knows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMED_OUT = 124
_SHOWN_CHARACTERS = 4000


class Program:
    """Runs ``codesentinel`` in one workspace.

    Args:
        workspace: its workspace root.
        sources: folder of the package to attack; empty for the installed one.

    ``environment`` and ``before``, the words that come first, are what faults set.
    """

    def __init__(self, workspace: str, *, sources: str = "") -> None:
        self.workspace = workspace
        self.environment = {**os.environ, **({"PYTHONPATH": sources} if sources else {})}
        self.before: list[str] = []

    def argv(self, words: Sequence[str]) -> list[str]:
        """The command line; what stands behind ``--`` is another's."""
        own = list(words).index("--") if "--" in words else len(words)
        where = ("--workspace", self.workspace)
        return [*self.before, sys.executable, "-m", "codesentinel", *words[:own], *where, *words[own:]]

    def start(self, words: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        """A child that is left running."""
        return subprocess.Popen(
            self.argv(words), cwd=self.workspace, env=self.environment, stdin=subprocess.DEVNULL, **more
        )

    def run(self, words: Sequence[str], *, timeout_seconds: float = 30.0, typed: str = "") -> dict[str, Any]:
        """What it answered: ``exit``, ``document``, its streams, ``ascii``, ``traceback``, ``defect``.

        The last says whether it calls itself defective.
        """
        try:
            done = subprocess.run(
                self.argv(words),
                cwd=self.workspace,
                env=self.environment,
                input=typed.encode(),
                capture_output=True,
                check=False,
                timeout=timeout_seconds,
            )
        except subprocess.TimeoutExpired as exc:
            return answer(TIMED_OUT, exc.stdout or b"", exc.stderr or b"")
        return answer(done.returncode, done.stdout, done.stderr)


def answer(status: int, out: bytes, err: bytes) -> dict[str, Any]:
    """What a scenario can ask of a finished child."""
    return {
        "exit": status,
        "document": _document(out),
        "stdout": out.decode("utf-8", "backslashreplace")[:_SHOWN_CHARACTERS],
        "stderr": err.decode("utf-8", "backslashreplace")[:_SHOWN_CHARACTERS],
        "ascii": all(byte in b"\n\t" or 32 <= byte < 127 for byte in out + err),
        "traceback": b"Traceback (most recent call last)" in err,
        "defect": b"this is a defect of codesentinel" in out + err,
    }


def _document(out: bytes) -> Any:
    try:
        return json.loads(out)
    except ValueError:
        return None
