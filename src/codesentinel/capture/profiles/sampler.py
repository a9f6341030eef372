"""py-spy as a child: it samples a process from outside, without a line of code in it."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.profiles.speedscope import read_speedscope
from codesentinel.model.errors import (
    BadAnswer,
    CodesentinelError,
    Failed,
    NoData,
    NoSuchProcess,
    NotInstalled,
    Unauthorized,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.profile import Profile

_PATIENCE_SECONDS = 30.0
_YAMA = "/proc/sys/kernel/yama/ptrace_scope"
MODES = ("cpu", "gil", "idle")


class Asked(NamedTuple):
    """What is to be sampled, and how.

    Attributes:
        pid: a process that runs; or 0, and ``command`` is started.
        command: its output goes where ours goes, or with ``output_to_stderr`` all to standard error.
        duration_seconds: 0 until a command ends.
        mode: ``cpu`` for threads that run, ``gil`` for the one that holds the lock, ``idle`` for all.
        blocking: whether the process stands still for a sample: exact, and costs it a little.
    """

    pid: int = 0
    command: Sequence[str] = ()
    duration_seconds: float = 0.0
    rate_hertz: int = 100
    mode: str = "cpu"
    native: bool = False
    subprocesses: bool = False
    blocking: bool = True
    output_to_stderr: bool = False


def sample(asked: Asked) -> Profile:
    """Sample, and give what was seen.

    Raises:
        NotInstalled: there is no py-spy.
        Unauthorized: the kernel does not let us look into that process.
        NoSuchProcess, NoData: it ended, or was never seen to do anything.
        Failed: py-spy could not do it: no Python in the process, say.
    """
    with tempfile.TemporaryDirectory(prefix="codesentinel-") as folder:
        file = os.path.join(folder, "stacks")
        errors = os.path.join(folder, "errors")
        began_at, began, used = time.time(), time.monotonic(), _children_cpu_seconds()
        status = _run([_program(), *_words(asked, file)], errors, asked)
        elapsed, used = time.monotonic() - began, _children_cpu_seconds() - used
        with open(errors, encoding="utf-8", errors="backslashreplace") as told:
            said = told.read()
        if not os.path.exists(file) or not os.path.getsize(file):
            raise failure(said, status, asked.pid)
        with open(file, encoding="utf-8", errors="backslashreplace") as stacks:
            profile = _read(stacks.read())
    return profile.but(
        started_at=began_at,
        rate_hertz=float(asked.rate_hertz),
        duration_seconds=asked.duration_seconds if 0 < asked.duration_seconds < elapsed else elapsed,
        sampler_cpu_seconds=None if asked.command else used,  # a command is the sampler's own child
        lost=_lost(said),
        mode=asked.mode,
    )


def _words(asked: Asked, file: str) -> list[str]:
    words = ["record", "--format", "speedscope", "--output", file, "--rate", str(asked.rate_hertz)]
    if asked.duration_seconds:
        words += ["--duration", str(max(round(asked.duration_seconds), 1))]
    words += {"gil": ["--gil"], "idle": ["--idle"]}.get(asked.mode, [])
    words += ["--native"] if asked.native else []
    words += ["--subprocesses"] if asked.subprocesses else []
    words += [] if asked.blocking else ["--nonblocking"]
    return [*words, "--pid", str(asked.pid)] if asked.pid else [*words, "--", *asked.command]


def _run(argv: list[str], errors: str, asked: Asked) -> int:
    """Ctrl-C ends the sampling, and what was seen until then is kept."""
    limit = asked.duration_seconds + _PATIENCE_SECONDS if asked.duration_seconds else None
    with open(errors, "wb") as told:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if asked.pid else None,
            stdout=told if asked.pid else sys.stderr.fileno() if asked.output_to_stderr else None,
            stderr=told if asked.pid else None,  # what a command says is for whoever started it
        )
        try:
            return child.wait(limit)
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            return _ended(child)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGINT)
            return _ended(child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _ended(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def failure(said: str, status: int, pid: int) -> CodesentinelError:
    """Why there is no profile, and what to do."""
    lowered = said.lower()
    what = f"process {pid}" if pid else "the command"
    if "permission denied" in lowered or "operation not permitted" in lowered:
        return Unauthorized(f"the kernel does not let us look into {what} (ptrace)", hint=_permission_hint())
    if pid and not os.path.exists(f"/proc/{pid}"):
        return NoSuchProcess(f"no process {pid}", hint="see `codesentinel memory process system`")
    if "failed to find python" in lowered or "python version" in lowered:
        return Failed(
            f"{what} runs no Python that py-spy knows",
            hint="record it with perf, and `codesentinel profile import`",
        )
    lines = [line.removeprefix("Error: ") for line in said.splitlines() if line.startswith("Error:")]
    reason = lines[0] if lines else f"exit status {status}"
    return Failed(f"py-spy did not sample {what}: {reason}", hint="does it run long enough?")


def _permission_hint() -> str:
    try:
        with open(_YAMA, encoding="ascii") as file:
            scope = file.read().strip()
    except OSError:
        scope = ""
    now = f" (now {scope})" if scope else ""
    return (
        "run as the owner of the process or as root; if that is not enough, set kernel.yama.ptrace_scope=0"
        f"{now} by sysctl, give py-spy CAP_SYS_PTRACE (setcap cap_sys_ptrace=ep), and start containers with "
        "--cap-add SYS_PTRACE (Kubernetes: securityContext.capabilities.add: [SYS_PTRACE]); "
        "`codesentinel profile record -- COMMAND` needs none of it where the scope is 1"
    )


def _read(text: str) -> Profile:
    try:
        return read_speedscope(text)
    except BadAnswer as exc:
        raise NoData(
            "nothing ran while it was sampled", hint="with --idle, threads that wait are sampled too"
        ) from exc


def _lost(said: str) -> int:
    words = said.replace("\n", " ").split()
    told = [after for word, after in itertools.pairwise(words) if word == "Errors:"]
    return int(told[-1]) if told and told[-1].isdecimal() else 0


def _children_cpu_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _program() -> str:
    beside = os.path.join(os.path.dirname(sys.executable), "py-spy")
    found = beside if os.access(beside, os.X_OK) else shutil.which("py-spy")
    if not found:
        raise NotInstalled("py-spy is missing", hint="pip install 'codesentinel[profile]'")
    return found
