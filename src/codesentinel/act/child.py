"""Child processes that never outlive us, and detached ones that are meant to."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from codesentinel.model.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from codesentinel.model.service import Service

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT_BYTES = 16 * 1024 * 1024
_LIBC = ctypes.CDLL(None, use_errno=True)


def spawn(service: Service, log: Path) -> subprocess.Popen[bytes]:
    """Start the service in a session of its own; the kernel kills it when this process dies.

    A session of its own keeps a Ctrl-C in the terminal from reaching the servers in no order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        return subprocess.Popen(
            service.argv,
            cwd=service.cwd,
            env=dict(service.env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),  # noqa: PLW1509  (the supervisor runs no threads)
        )


def spawn_detached(
    argv: Sequence[str], log: Path, *, cwd: Path | None = None, keeps: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a program that goes on without us, its output in ``log``, which is begun anew.

    It inherits the descriptors that it ``keeps``.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            pass_fds=keeps,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run_through(
    argv: Sequence[str], env: Mapping[str, str], *, timeout_seconds: float, log: Path | None = None
) -> int | None:
    """Run a program on our own terminal, or into ``log``; its exit status, or None when it took too long."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else None
        try:
            done = subprocess.run(
                argv, env=dict(env), check=False, timeout=timeout_seconds, stdout=output, stderr=output
            )
        except subprocess.TimeoutExpired:
            return None
    return done.returncode


def ask(
    argv: Sequence[str], question: bytes, *, timeout_seconds: float, env: Mapping[str, str]
) -> bytes | None:
    """What a program writes when it is given ``question``, or None when it took too long and was ended.

    Raises:
        Failed: it ended otherwise than with success.
    """
    try:
        done = subprocess.run(
            argv, input=question, env=dict(env), check=False, timeout=timeout_seconds, capture_output=True
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Failed(f"{exit_words(done.returncode)}: {last}" if last else exit_words(done.returncode))
    return done.stdout


def answers(service: Service, *, timeout_seconds: float = 1.0) -> bool:
    """Whether the service says over HTTP that it is ready; one without a port always does."""
    if service.port is None:
        return True
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=timeout_seconds)
    try:
        connection.request("GET", service.ready_path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def exit_words(status: int) -> str:
    """How a process ended, in words: ``exit status 2`` or ``killed by SIGKILL``."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the thread of ``parent`` that started it ends."""
    _dies_with(parent)()


def _dies_with(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) or os.getppid() != parent:
            os._exit(127)  # the parent died before the kernel knew whom to tell

    return in_child
