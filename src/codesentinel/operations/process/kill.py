"""Ending a process, and no other: held by its pidfd, guarded, confirmed, and on record before the signal."""

from __future__ import annotations

from codesentinel.act.terminate import Target, ThreadNotProcess
from codesentinel.model.errors import NoSuchProcess, UsageError
from codesentinel.model.kill import KillOutcome
from codesentinel.operations.base import Effect, operation
from codesentinel.operations.process.kill_tree import end_tree
from codesentinel.operations.process.killing import Killing
from codesentinel.operations.process.permit import Asker, Permit
from codesentinel.operations.process.reading import as_handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codesentinel.operations.base import Context


def _facts(outcome: KillOutcome) -> dict[str, Any]:
    return {"phase": "outcome", **outcome.as_document()}


@operation(
    "process.kill", Effect.DESTRUCTIVE, action="process_kill", named=("force", "tree"), metadata=_facts
)
def kill(
    context: Context,
    pid: str,
    *,
    force: bool = False,
    yes: bool = False,
    reason: str = "",
    tree: bool = False,
    grace_seconds: float = 5.0,
    dry_run: bool = False,
    asker: Asker | None = None,
) -> KillOutcome:
    """End one process, or with ``tree`` it and all below it.

    Args:
        context: where this runs.
        pid: process id, or the handle that every process command prints: then a reused id is refused.
        force: send SIGKILL to what SIGTERM does not end.
        yes: do not ask.
        reason: why; on record. Required with ``yes`` and ``force``.
        tree: stop the whole tree first, then end it, so that nothing forks away.
        grace_seconds: how long SIGTERM may take.
        dry_run: say what would be ended, and signal nothing.
        asker: who is asked.

    Raises:
        UsageError: no process id or handle, or no reason where one is required.
    """
    handle = as_handle(pid)
    if yes and force and not reason.strip():
        raise UsageError(
            "--yes --force needs --reason", hint='say why, for the record: --reason "holds the lock"'
        )
    permit = Permit(
        force=force, yes=yes, tree=tree, dry_run=dry_run, grace_seconds=grace_seconds, asker=asker
    )
    outcome = KillOutcome(handle.pid, reason)
    if handle.pid <= 0:
        return outcome.refuse("an id of 0 or less means a whole group of processes, or all of them")
    try:
        target = Target(handle.pid)
    except ThreadNotProcess as exc:
        return outcome.refuse(f"{exc.message}; its end would end the whole process")
    except NoSuchProcess as exc:
        outcome.outcome, outcome.explanation = "not_found", exc.message
        return outcome
    with target:
        try:
            killing = Killing(context, target, handle, permit, outcome)
            if not killing.prepare():
                return outcome
            return end_tree(killing) if tree else killing.end()
        except PermissionError:  # it has become another user's since it was looked at
            outcome.outcome, outcome.refused_because = "permission", "this user may not signal it any more"
            return outcome
        except KeyboardInterrupt:
            outcome.interrupted = True
            if outcome.signals:
                outcome.outcome = "ended" if target.has_ended() else "alive"
                outcome.explanation = "interrupted while it was waited for"
            return outcome
