"""One enclosure of a run, with the process that plays cases in there, one after the other."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.leavings import COOKIE, PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.calamum.enclosure import Enclosure
    from codesentinel.calamum.plan import Part

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_CHUNK = 1 << 16


class Lane:
    """Starts at once, and says ``ready`` when it can play.

    Args:
        run: the name of the run, which all processes in there carry.
        around: what encloses it.
        folder: its working folder, below that of the run.
        settings: what it has to know.
    """

    def __init__(self, run: str, around: Enclosure, folder: str, settings: Mapping[str, Any]) -> None:
        os.makedirs(os.path.join(folder, ".git"))
        self.part: Part | None = None
        self._partial = b""
        self._child = subprocess.Popen(
            [*around.words, sys.executable, "-m", "codesentinel.calamum.inside"],
            cwd=folder,
            env={
                **os.environ,
                COOKIE: run,
                PLACE: os.path.dirname(folder),
                "TMPDIR": folder,
                "XDG_CACHE_HOME": os.path.join(folder, ".cache"),  # nothing is left in the user's own
                "PYTHONUNBUFFERED": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - there are no threads here
        )
        self._say(dict(settings) | {"folder": folder})

    def fileno(self) -> int:
        """Where it can be heard."""
        assert self._child.stdout  # noqa: S101 - a pipe was asked for
        return self._child.stdout.fileno()

    def play(self, part: Part, seconds_left: float) -> None:
        """Begin a case; the run is over in so many seconds."""
        self.part = part
        one = part.experiment
        self._say(
            {
                "target": one.target,
                "case": one.case,
                "given": dict(part.given),
                "seed": part.seed,
                "subject": one.subject._asdict() if one.subject else None,
                "seconds_left": seconds_left,
            }
        )

    def hear(self) -> list[tuple[str, Any]] | None:
        """What it said since; None once it is gone."""
        chunk = os.read(self.fileno(), _CHUNK)
        if not chunk:
            return None
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        return [item for line in lines for item in json.loads(line).items()]

    def finish(self) -> None:
        """Nothing more is to be played: it looks at what is left, tells it, and ends."""
        if self._child.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()

    def end(self) -> None:
        """End it: the first process in there dies with it, and everything else with that."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self.finish()
        if self._child.stdout:
            self._child.stdout.close()

    def _say(self, document: Mapping[str, Any]) -> None:
        assert self._child.stdin  # noqa: S101 - a pipe was asked for
        with contextlib.suppress(BrokenPipeError):  # that it is gone is heard
            self._child.stdin.write(json.dumps(document).encode() + b"\n")
            self._child.stdin.flush()


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
