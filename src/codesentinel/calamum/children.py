"""Children of the program that are left running: started, told to stop, killed, and heard to their end."""

from __future__ import annotations

import glob
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.program import Program
from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_DYING_SECONDS = 20


def run_in_background(stage: Stage, *, name: str, words: Sequence[str]) -> Any:
    """Leave a child of the program running."""
    child = stage.program.start([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    stage.background.append(child)
    stage.names[name] = child
    stage.names[f"{name}_pid"] = child.pid
    return {"pid": child.pid}


def kill_background(
    stage: Stage, *, name: str, after_seconds: float = 0.0, path: str = "", beyond: int = 0
) -> Any:
    """End a child of the program by SIGKILL, once more than so many files match ``path``, and then some."""
    child = _child(stage, name)
    while path and child.poll() is None and len(glob.glob(stage.path(path))) <= beyond:
        time.sleep(0.002)
    time.sleep(after_seconds)
    child.kill()
    child.wait(_DYING_SECONDS)  # its pipes may be held by children of its own
    return True


def tell_background(stage: Stage, *, name: str, word: str = "SIGTERM") -> Any:
    """Send a child of the program a signal."""
    _child(stage, name).send_signal(signal.Signals[word])
    return word


def finished(stage: Stage, *, name: str, timeout_seconds: float = 30.0) -> Any:
    """What a child of the program answered that was left running."""
    return stage.finish(name, timeout_seconds)


def run_in(stage: Stage, *, folder: str, words: Sequence[str], timeout_seconds: float = 60.0) -> Any:
    """What the program answers in another workspace, a folder of this one."""
    os.makedirs(stage.path(folder, ".git"), exist_ok=True)
    other = Program(stage.path(folder), sources=stage.sources)
    return other.run([str(word) for word in words], timeout_seconds=timeout_seconds)


def timed(stage: Stage, *, words: Sequence[str], typed: str = "", timeout_seconds: float = 60.0) -> Any:
    """What the program answers, given this on its standard input, and in how many ``seconds``."""
    began = time.monotonic()
    told = stage.program.run([str(word) for word in words], timeout_seconds=timeout_seconds, typed=typed)
    return {**told, "seconds": round(time.monotonic() - began, 2)}


def _child(stage: Stage, name: str) -> subprocess.Popen[bytes]:
    child = stage.names.get(name)
    if not isinstance(child, subprocess.Popen):
        raise Broken(f"no child of this case is called {name!r}")
    return child


ACTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (run_in_background, kill_background, tell_background)
}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (finished, run_in, timed)}
