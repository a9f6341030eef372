"""``collect``: deliver the records of this host, once or until told to stop."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.single import only_one
from codesentinel.act.stop_signals import stop_signals
from codesentinel.config.workspace import find_workspace
from codesentinel.model.collection import Collection
from codesentinel.model.errors import CodesentinelError, Failed, UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.collect.metrics import CollectMetrics
from codesentinel.operations.collect.reading import Reading, Workspace
from codesentinel.operations.collect.sending import Sending
from codesentinel.operations.collect.sinks import Sink, open_sink
from codesentinel.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.model.finding import Finding

_NAP_SECONDS = 0.1
_TRIES_ONCE = 5
_BUSY = "the records of this workspace are collected already"
_HINT = "one collector a workspace: end the other one, or give this one another collect.state_dir"


@operation(
    "collect",
    Effect.WRITE,
    metadata=lambda done: {"delivered": done.delivered, "dropped": done.dropped, "retries": done.retries},
)
def collect(
    context: Context, *, to: str = "", workspaces: Sequence[str] = (), once: bool = False
) -> Collection:
    """Deliver every record of the log to a store that hosts share, at least once, in the order of each log.

    Args:
        context: where this runs.
        to: the store; the setting ``collect.to`` where empty.
        workspaces: roots of further workspaces of this host.
        once: deliver what there is, and end; else go on until SIGTERM or Ctrl-C.

    Raises:
        UsageError: no store is named.
        AlreadyRunning: another collector works in this workspace.
        Unreachable, Unauthorized, BadAnswer: with ``once``: the store did not take it, the next run goes on.
        Failed: the log cannot be read, or the buffer cannot be written.
    """
    settings = context.settings.collect
    every, metrics = all_workspaces(context, workspaces), CollectMetrics(settings.buffer_bytes)
    host, folder = host_name(context), spool_folder(context)
    sink = open_sink(context, store_named(context, to), host)
    findings: list[Finding] = []

    def told(finding: Finding) -> None:
        findings.append(finding)
        context.tell(f"warning: {finding.summary}")
        facts = {"subject": finding.subject, **finding.evidence}
        context.memory.log_domain_activity(
            "collect", {"action": finding.kind, "success": False, "metadata": facts}
        )

    with ExitStack() as stack:
        stack.enter_context(only_one(folder / "lock", _BUSY, _HINT))
        told_to_stop = stack.enter_context(stop_signals())
        spool = Spool(str(folder))
        metrics.watch(spool)
        if settings.metrics_port:
            metrics.serve(settings.metrics_address, settings.metrics_port)
        reading = Reading(every, settings, host, spool, metrics, told)
        stack.callback(reading.close)
        sending = Sending(spool, sink, metrics, settings.longest_pause_seconds, context.tell)
        sending.start()
        try:
            if once:
                _once(reading, sending, spool, told_to_stop)
            else:
                _until_told(reading, sending, settings.flush_seconds, told_to_stop)
        finally:
            sending.finish(0.0 if once else settings.stop_seconds)
        return Collection(
            to=sink.shown,
            host=host,
            delivered=metrics.records,
            retries=metrics.retries,
            dropped=metrics.lost,
            buffered=spool.rows,
            buffered_bytes=spool.size_bytes,
            findings=tuple(findings),
        )


def store_named(context: Context, to: str) -> str:
    """Where records go.

    Raises:
        UsageError: nowhere.
    """
    found = to or context.settings.collect.to
    if not found:
        raise UsageError("no store to deliver to", hint="--to s3://BUCKET/PREFIX, or the setting collect.to")
    return found


def host_name(context: Context) -> str:
    """Whose records these are."""
    return context.settings.collect.host_name or os.uname().nodename


def spool_folder(context: Context) -> Path:
    """Where the buffer lies."""
    given = context.settings.collect.state_dir
    return context.root / Path(given).expanduser() if given else context.state_dir / "collect"


def all_workspaces(context: Context, others: Sequence[str]) -> list[Workspace]:
    """The one of the context, and others of this host.

    Raises:
        UsageError: one of them is no folder.
    """
    found = [Workspace(str(context.root))]
    for one in others:
        root = find_workspace(one)
        if root not in [known.root for known in found]:
            found.append(Workspace(root, f"{root}:"))
    return found


def _once(reading: Reading, sending: Sending, spool: Spool, told_to_stop: Callable[[], bool]) -> None:
    """Read everything and see it arrive."""
    is_read = False
    while not told_to_stop() and (not is_read or spool.oldest()):
        is_read = is_read or reading.read_on(told_to_stop)
        _check(sending)
        if sending.problem and sending.failures >= _TRIES_ONCE:
            raise sending.problem
        if spool.oldest():
            time.sleep(0.02)


def _until_told(
    reading: Reading, sending: Sending, flush_seconds: float, told_to_stop: Callable[[], bool]
) -> None:
    while not told_to_stop():
        due = time.monotonic() + flush_seconds
        is_read = reading.read_on(told_to_stop)
        while not told_to_stop() and (left := due - time.monotonic()) > 0:
            _check(sending)
            time.sleep(min(left, _NAP_SECONDS))
            if not is_read:  # the buffer was full: each object that leaves it makes room for another
                break
    reading.read_on(lambda: False)


def _check(sending: Sending) -> None:
    """The thread that delivers ends only by a defect or a broken disk: then we end, too."""
    if isinstance(sending.broken, CodesentinelError):
        raise sending.broken
    if sending.broken is not None:
        raise Failed(f"delivering failed: {sending.broken!r}") from sending.broken


def probe(sink: Sink) -> tuple[str, float | None]:
    """What is wrong with a store, or nothing, and how far our clock is ahead of its."""
    try:
        return "", sink.probe()
    except CodesentinelError as exc:
        return f"{exc.message} ({exc.hint})" if exc.hint else exc.message, None
