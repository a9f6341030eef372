"""``satellites start``, ``finish`` and ``run``: an agent follows a procedure, and says how that ended."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codesentinel.act.foreground import run_in_foreground
from codesentinel.model.argv import argv_shape
from codesentinel.model.errors import UsageError
from codesentinel.model.satellites import (
    ABORTED,
    DECLARED,
    FAILURE,
    FINISH,
    INFERRED,
    START,
    STATUSES,
    SUCCESS,
    VERIFIED,
    Run,
)
from codesentinel.model.satellites_views import Reported
from codesentinel.model.secrets import redacted_text
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.agent import agent_of
from codesentinel.operations.satellites.catalogue import read_catalogue, resolve
from codesentinel.operations.satellites.runs import find_run, write_event
from codesentinel.store.session_memory import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_NOTE = 2000
_INTERRUPTED = (129, 130, 143)
"""By SIGHUP, SIGINT or SIGTERM: somebody called it off."""


def _facts(reported: Reported) -> Mapping[str, Any]:
    return {"outcome": reported.outcome, "run_id": reported.run.run_id, "status": reported.run.status}


@operation("satellites.start", Effect.WRITE, metadata=_facts)
def start(
    context: Context,
    *,
    procedure: str,
    agent_name: str = "",
    model: str = "",
    agent_session: str = "",
    trigger: str = "cli",
) -> Reported:
    """Record that an agent begins to follow a procedure; the run's id, and the text of the procedure.

    Args:
        context: where this runs.
        procedure: its id, ``github/PROC-1``.
        agent_name: who follows it; by default the agent whose shell this is, or the one of the settings.
        model: the language model.
        agent_session: of the agent; when it ends, the run is over.
        trigger: who tells of it.

    Raises:
        NoData, UsageError: it is no procedure, or several.
        LogUnwritable: it is not recorded.
    """
    catalogue = read_catalogue(context)
    found = resolve(catalogue, procedure)
    agent = agent_of(context, agent_name, model, agent_session)
    run = Run(
        run_id=new_id(),
        satellite=found.satellite,
        procedure=found.id,
        cited=procedure[:200],
        version=found.version,
        steps_version=found.steps_version,
        agent_name=agent.name,
        model=agent.model,
        agent_session=agent.session,
        trigger=trigger,
        file=catalogue.file_of(found),
        started_at=time.time(),
    )
    write_event(context, START, run.start_facts())
    return Reported(run, "started", procedure=found)


@operation("satellites.finish", Effect.WRITE, unlogged=("note",), metadata=_facts)
def finish(
    context: Context,
    *,
    run: str,
    status: str = "",
    check: Sequence[str] = (),
    note: str = "",
    agent_session: str = "",
    output_to_stderr: bool = True,
) -> Reported:
    """Record how a run ended: as the agent says, or as a command finds.

    Args:
        context: where this runs.
        run: its id, or the procedure of which the latest run of this session is open.
        status: Success, Failure or Agent-Aborted, declared by the agent; not with ``check``.
        check: a command that is run; its exit status 0 is the Success, verified.
        note: free text; secrets are taken out, and it is cut at 2 kB.
        agent_session: of the agent, where ``run`` names a procedure.
        output_to_stderr: keep the command's output apart from ours.

    Raises:
        UsageError: no such status, or the run has ended otherwise.
        NoData: no such run.
        LogUnwritable: it is not recorded.
    """
    if not check and status not in STATUSES:
        raise UsageError(
            f"not a status: {status!r}" if status else "no status given",
            hint=f"--status {', '.join(STATUSES)}, or --check COMMAND",
        )
    if check and status:
        raise UsageError("the check says how the run ended: leave out --status")
    session = agent_of(context, "", "", agent_session).session
    before = find_run(context, run, session=session)
    if check:
        exit_status, _ = run_in_foreground(check, output_to_stderr=output_to_stderr)
        status = SUCCESS if exit_status == 0 else FAILURE
    return _end(context, before, status, VERIFIED if check else DECLARED, check=check, note=note)


@operation("satellites.run", Effect.WRITE, unlogged=("note",), metadata=_facts)
def run(
    context: Context,
    *,
    procedure: str,
    command: Sequence[str],
    check: Sequence[str] = (),
    note: str = "",
    agent_name: str = "",
    model: str = "",
    agent_session: str = "",
    output_to_stderr: bool = False,
) -> Reported:
    """Run a command that carries out a procedure; its exit status, or that of the check, says how it ended.

    Args:
        context: where this runs.
        procedure: its id.
        command: run in the foreground; its exit status is handed on.
        check: run after it, and believed before it.
        note: free text; secrets are taken out, and it is cut at 2 kB.
        agent_name: who runs it.
        model: the language model.
        agent_session: of the agent.
        output_to_stderr: keep the command's output apart from ours.

    Raises:
        NoData, UsageError: no such procedure, or no such command.
        LogUnwritable: it is not recorded.
    """
    if not command:
        raise UsageError("no command given", hint="codesentinel satellites run PROCEDURE -- COMMAND")
    begun = start(
        context,
        procedure=procedure,
        agent_name=agent_name,
        model=model,
        agent_session=agent_session,
        trigger="run",
    ).run
    exit_status, status = 1, FAILURE
    checked = command
    try:
        exit_status, _ = run_in_foreground(command, output_to_stderr=output_to_stderr)
        status = _status(exit_status)
        if check and status != ABORTED:
            checked = check
            found, _ = run_in_foreground(check, output_to_stderr=output_to_stderr)
            status = _status(found)
    finally:  # also where the command cannot be run: the start is on record
        source = INFERRED if status == ABORTED else VERIFIED
        done = _end(context, begun, status, source, check=checked, note=note)
    return replace(done, exit_status=exit_status or int(status != SUCCESS))


def _end(
    context: Context, before: Run, status: str, source: str, *, check: Sequence[str], note: str
) -> Reported:
    if before.status_source in (VERIFIED, DECLARED):
        if before.status == status:
            return Reported(before, "repeated")
        raise UsageError(
            f"the run {before.run_id} has ended already: {before.status}", hint="begin another with `start`"
        )
    seconds = None if before.started_at is None else max(time.time() - before.started_at, 0.0)
    ended = replace(
        before,
        status=status,
        status_source=source,
        duration_seconds=None if seconds is None else round(seconds, 3),
        check=argv_shape(list(check)) if check else None,
        note=redacted_text(note[: 2 * LONGEST_NOTE])[:LONGEST_NOTE] or None,
    )
    write_event(
        context, FINISH, ended.finish_facts(), success=status == SUCCESS, seconds=ended.duration_seconds
    )
    return Reported(ended, "finished" if before.is_open else "late")


def _status(exit_status: int) -> str:
    if exit_status in _INTERRUPTED:
        return ABORTED
    return SUCCESS if exit_status == 0 else FAILURE
