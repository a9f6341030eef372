"""A clock that jumps, for the program alone.

Time namespaces shift only the clocks that count from the boot, and libfaketime breaks the CPU clocks of other
processes, so the program is started with a ``sitecustomize`` that moves ``time.time``, the only clock of the
day that it reads. Servers of the stack keep the machine's clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_WHERE = "CALAMUM_CLOCK"
_SHIM = f"""\
import os, time
now, now_ns = time.time, time.time_ns
def shift():
    try:
        with open(os.environ["{_WHERE}"], encoding="ascii") as file:
            return float(file.read())
    except (KeyError, OSError, ValueError):
        return 0.0
time.time = lambda: now() + shift()
time.time_ns = lambda: now_ns() + int(shift() * 1e9)
"""
_MOVED_SECONDS = 30.0


def set_clock(stage: Stage, *, ahead_seconds: float) -> Any:
    """Set the program's clock so far ahead of the machine's, or behind it; also of children that run already.

    Those that were started before the first call keep the machine's clock.
    """
    folder = stage.path(".clock")
    where = os.path.join(folder, "ahead")
    os.makedirs(folder, exist_ok=True)
    for path, text in (
        (f"{where}.new", f"{ahead_seconds:f}"),
        (os.path.join(folder, "sitecustomize.py"), _SHIM),
    ):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    os.replace(f"{where}.new", where)  # at once: nobody sees half of it
    environment = stage.program.environment
    if environment.get(_WHERE) != where:
        paths = [folder, *filter(None, [environment.get("PYTHONPATH", "")])]
        environment.update({_WHERE: where, "PYTHONPATH": os.pathsep.join(paths)})
    _check(stage, ahead_seconds)
    return ahead_seconds


def _check(stage: Stage, ahead_seconds: float) -> None:
    """Whether a Python of the program has that clock.

    Raises:
        Skipped: it has not; its own ``sitecustomize`` comes first.
    """
    done = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env=stage.program.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode or abs(float(done.stdout) - time.time() - ahead_seconds) > _MOVED_SECONDS:
        raise Skipped("this Python does not let its clock be moved by a sitecustomize")


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (set_clock,)}
