"""Runs in the log: one is found by its id or its procedure, and what is told of it is written."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites.ledger import RunLedger
from codesentinel.model.errors import LogUnwritable, NoData, UsageError
from codesentinel.model.satellites import DOMAIN, START
from codesentinel.store.run_lines import latest_events_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codesentinel.model.satellites import Run
    from codesentinel.operations.base import Context

_MOST_LOOKED_AT = 20_000


def write_event(
    context: Context,
    action: str,
    facts: Mapping[str, Any],
    *,
    success: bool = True,
    seconds: float | None = None,
) -> None:
    """Append an event of the domain ``satellites``.

    Raises:
        LogUnwritable: it is not recorded.
    """
    activity = {
        "action": action,
        "success": success,
        "duration_ms": round(1000 * (seconds or 0.0), 3),
        "metadata": dict(facts),
    }
    if not context.memory.log_domain_activity(DOMAIN, activity):
        raise LogUnwritable(f"the {action} is not recorded", hint="see the warning above, and try again")


def find_run(context: Context, name: str, *, session: str = "") -> Run:
    """The run of an id; for a procedure, its latest run that is open, of this session if there is one.

    Raises:
        NoData: there is none.
        UsageError: there are several, of other sessions.
    """
    found = _by_id(context, name) or _open_one(context, name, session)
    if found is None:
        raise NoData(
            f"no such run: {name!r}", hint="begin one with `codesentinel satellites start PROCEDURE`"
        )
    return found


def _by_id(context: Context, run_id: str) -> Run | None:
    """Newest first, until its start: what came before that is none of it."""
    events = []
    for event in latest_events_with(context.memory.path(DOMAIN), "run_id", run_id):
        events.append(event)
        if event["activity"].get("action") == START:
            break
    ledger = RunLedger()
    run = None
    for event in reversed(events):
        change = ledger.take(event)
        run = change.run if change else run
    return run


def _open_one(context: Context, procedure: str, session: str) -> Run | None:
    events = latest_events_with(context.memory.path(DOMAIN), "procedure", procedure)
    ledger = RunLedger()
    for event in reversed(list(islice(events, _MOST_LOOKED_AT))):
        ledger.take(event)
    runs = sorted(ledger.open.values(), key=lambda run: run.started_at or 0.0)
    mine = [run for run in runs if run.agent_session == session]
    if len(runs) > 1 and not mine:
        raise UsageError(
            f"{len(runs)} runs of {procedure} are open, none of this session",
            hint=f"give the id of one, such as {runs[-1].run_id}, or --session",
        )
    return next(reversed(mine or runs), None)
