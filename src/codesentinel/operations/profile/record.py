"""``profile record``: sample a process or a command, and keep what was seen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from codesentinel.capture.profiles.sampler import MODES, Asked, sample
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.profile.origin import origin, process_of
from codesentinel.operations.profile.shelf import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.profile import Stored

DURATION_SECONDS = 10.0
RATE_HERTZ = 100
HIGHEST_HERTZ = 1000


def facts(found: Stored) -> Mapping[str, Any]:
    """What the log is told of a profile."""
    return {"stored": found.id, "samples": found.samples, "overhead_ratio": found.overhead_ratio}


@operation("profile.record", Effect.WRITE, metadata=facts)
def record(
    context: Context,
    *,
    pid: int = 0,
    command: Sequence[str] = (),
    service: str = "",
    host: str = "",
    revision: str = "",
    duration_seconds: float | None = None,
    rate_hertz: int = RATE_HERTZ,
    mode: str = "cpu",
    native: bool = False,
    subprocesses: bool = False,
    blocking: bool = True,
    output_to_stderr: bool = False,
) -> Stored:
    """Sample the stacks of a process or a command, and keep them under service, host and revision.

    Args:
        context: where this runs.
        pid: a process that runs; by default that of ``service`` in the running stack.
        command: to be started and sampled instead; its service is by default the program's name.
        service: what the process is; by default the process id in words.
        host: by default this one.
        revision: by default the last deployed one of the service, else that of the version control.
        duration_seconds: how long; by default 10, or until the command ends.
        rate_hertz: samples a second.
        mode: ``cpu`` for threads that run, ``gil`` for the holder of the lock, ``idle`` with those that wait.
        native: with frames of C, C++ and Rust.
        subprocesses: with all descendants.
        blocking: let the process stand still for each sample, which is exact and costs it a little.
        output_to_stderr: keep the command's output apart from ours.

    Raises:
        UsageError: nothing to sample, or both, or a rate that is none.
        NotInstalled, Unauthorized, NoSuchProcess, NoData, Failed: see :func:`sample`.
    """
    if pid and command:
        raise UsageError(
            "a process or a command, not both", hint="leave out --pid, or what stands behind `--`"
        )
    if not pid and not command and not service:
        raise UsageError("what is to be sampled?", hint="--pid PID, --service NAME, or -- COMMAND")
    if not 1 <= rate_hertz <= HIGHEST_HERTZ:
        raise UsageError(f"not a rate: {rate_hertz}", hint=f"1 to {HIGHEST_HERTZ} samples a second")
    if mode not in MODES:
        raise UsageError(f"no such mode: {mode}", hint=f"one of {', '.join(MODES)}")
    if duration_seconds is not None and not duration_seconds >= 1:
        raise UsageError("a duration below 1 s", hint="--duration 10s")
    named = service or (os.path.basename(command[0]) if command else f"pid-{pid}")
    labels = origin(context, named, host, revision)
    seconds = duration_seconds if duration_seconds is not None else 0.0 if command else DURATION_SECONDS
    asked = Asked(
        pid if pid or command else process_of(context, service),
        tuple(command),
        seconds,
        rate_hertz,
        mode,
        native,
        subprocesses,
        blocking,
        output_to_stderr,
    )
    context.tell(f"sampling {named} {rate_hertz} times a second" + (f" for {seconds:g} s" if seconds else ""))
    return put(context, sample(asked).but(origin=labels))
