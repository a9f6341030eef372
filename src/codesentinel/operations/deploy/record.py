"""``deploy record``: a deployment begins or ends, and that is written down or pushed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from codesentinel.act.foreground import run_in_foreground
from codesentinel.act.push import push_deployment
from codesentinel.capture.revision import revision as revision_of
from codesentinel.model.deployment import (
    ABORTED,
    FAILED,
    FINAL,
    STARTED,
    STATUSES,
    SUCCESS,
    Deployment,
)
from codesentinel.model.deployment_views import Recorded
from codesentinel.model.errors import CodesentinelError, Failed, UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.store.session_memory import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PUSH_TIMEOUT_SECONDS = 10.0
_LONGEST_NAME = 200
_INTERRUPTED = (129, 130, 143)
"""By SIGHUP, SIGINT or SIGTERM: somebody called it off."""


def _facts(recorded: Recorded) -> Mapping[str, object]:
    return {"outcome": recorded.outcome, "deployment": recorded.deployment.id}


@operation("deploy.record", Effect.WRITE, metadata=_facts)
def record(
    context: Context,
    *,
    service: str,
    environment: str,
    status: str = "",
    identity: str = "",
    revision: str = "",
    commit_at: float | None = None,
    started_at: float | None = None,
    finished_at: float | None = None,
    push_url: str = "",
    command: Sequence[str] = (),
    output_to_stderr: bool = False,
) -> Recorded:
    """Record that a deployment has begun, or how it has ended; with a command, both, around it.

    Args:
        context: where this runs.
        service: what is deployed.
        environment: to where.
        status: one of ``STATUSES``; empty with a command, whose exit status says it.
        identity: tells this deployment from others; by default the CI system's run, or for an end the
            deployment of this service that is open here, or one made up.
        revision: by default what the CI system or git says.
        commit_at: when the revision was committed, epoch seconds; by default as git says.
        started_at: epoch seconds; by default now, for a start.
        finished_at: epoch seconds; by default now, for an end.
        push_url: a Pushgateway to tell instead of the log. If it does not answer, that is told, and is
            no failure: a deployment must not fail for its record.
        command: run in the foreground; its exit status is handed on.
        output_to_stderr: keep the command's output apart from ours.

    Raises:
        UsageError: a parameter is wrong, or the deployment has ended otherwise already.
        Failed: it could not be recorded, and there is no command whose result comes first.
    """
    _check(service, environment, status, command)
    log = DeployLog(context)
    _read(context, log, must=not command)
    known = revision_of(str(context.root), os.environ, revision)
    now = time.time()
    begins = bool(command) or status == STARTED
    run = f"{known.run}-{service}-{environment}" if known.run else ""
    identity = identity or run or (not begins and _open(log, service, environment)) or new_id()
    before = log.ledger.deployments.get(identity)
    began = now if begins else before.started_at if before else None
    deployment = Deployment(
        identity,
        service,
        environment,
        known.commit,
        STARTED if command else status,
        started_at=started_at if started_at is not None else began,
        finished_at=None if begins else finished_at if finished_at is not None else now,
        commit_at=commit_at if commit_at is not None else known.committed_at,
        source="pushgateway" if push_url else "log",
    )
    _check_times(deployment)
    teller = _Teller(context, log, push_url)
    if not command:
        return Recorded(deployment, teller.tell(deployment))
    teller.tell_if_possible(deployment)
    return _around(deployment, command, teller, output_to_stderr=output_to_stderr)


class _Teller:
    """Writes into the log, or pushes where that cannot be reached."""

    def __init__(self, context: Context, log: DeployLog, push_url: str) -> None:
        self._context = context
        self._log = log
        self._push_url = push_url

    def tell(self, deployment: Deployment) -> str:
        if self._push_url:
            return self._push(deployment)
        before = self._log.ledger.deployments.get(deployment.id)
        if before is not None and before.is_final:
            if before.status == deployment.status or not deployment.is_final:
                return "repeated"
            if before.status != SUCCESS or not deployment.has_failed:
                raise UsageError(
                    f"the deployment {deployment.id} has ended already: {before.status}",
                    hint="one that succeeded can still be recorded as failed or rolled-back; nothing else",
                )
        self._log.write(deployment)
        self._log.catch_up()
        return "recorded"

    def tell_if_possible(self, deployment: Deployment) -> str:
        """The same where a command runs, whose result comes first."""
        try:
            return self.tell(deployment)
        except Failed as exc:
            self._context.tell(f"warning: {exc.message}")
            return "lost"

    def _push(self, deployment: Deployment) -> str:
        try:
            push_deployment(self._push_url, deployment, timeout_seconds=_PUSH_TIMEOUT_SECONDS)
        except CodesentinelError as exc:
            self._context.tell(f"warning: the deployment was not pushed: {exc.message}")
            return "lost"
        return "pushed"


def _around(
    deployment: Deployment, command: Sequence[str], teller: _Teller, *, output_to_stderr: bool
) -> Recorded:
    status, exit_status = FAILED, 1
    try:
        exit_status, _ = run_in_foreground(command, output_to_stderr=output_to_stderr)
        status = SUCCESS if exit_status == 0 else ABORTED if exit_status in _INTERRUPTED else FAILED
    finally:  # also where the command cannot be run: the start is on record
        ended = deployment.but(status=status, finished_at=time.time())
        outcome = teller.tell_if_possible(ended)
    return Recorded(ended, outcome, exit_status)


def _read(context: Context, log: DeployLog, *, must: bool) -> None:
    """Learn what is on record; a command that waits to be run is run also where that fails."""
    try:
        log.catch_up()
    except Failed as exc:
        if must:
            raise
        context.tell(f"warning: {exc.message}")


def _open(log: DeployLog, service: str, environment: str) -> str:
    """The id of the latest deployment there that has begun and not ended; empty where there is none."""
    waiting = [
        d for d in log.ledger.deployments.values() if d.target == (service, environment) and not d.is_final
    ]
    return max(waiting, key=lambda d: d.started_at or 0.0).id if waiting else ""


def _check(service: str, environment: str, status: str, command: Sequence[str]) -> None:
    for what, name in (("service", service), ("environment", environment)):
        if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
            raise UsageError(f"not a name of a {what}: {name!r}", hint=f"give --{what} NAME")
    if command and status:
        raise UsageError("the command says how the deployment ended: leave out --status")
    if not command and status not in STATUSES:
        raise UsageError(
            f"not a status: {status!r}" if status else "no status given",
            hint=f"--status {STARTED}, or how it ended: {', '.join(FINAL)}",
        )


def _check_times(deployment: Deployment) -> None:
    began, ended = deployment.started_at, deployment.finished_at
    if began is not None and ended is not None and ended < began:
        raise UsageError("the deployment would have ended before it began", hint="check --started-at")
