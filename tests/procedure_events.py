"""Events of procedures, as every program writes them."""

from __future__ import annotations

import json

from logs import DAY, event, log_of

NOON = 1.79e9 - 1.79e9 % DAY + DAY / 2


def started(run, at=NOON, *, procedure="github/PROC-1", version="v1", agent="claude", model="m", **more):
    """A run begins."""
    facts = {
        "run_id": run,
        "satellite": procedure.rpartition("/")[0],
        "procedure": procedure,
        "cited": procedure,
        "version": version,
        "agent_name": agent,
        "model": model,
    }
    return event(at, "satellites", "procedure-start", **facts | more)


def finished(run, status="Success", seconds=60.0, at=NOON, source="declared", **more):
    """A run ends."""
    told = started(run, at + (seconds or 0.0), **more)
    told["activity"]["action"] = "procedure-finish"
    told["activity"]["metadata"] |= {"status": status, "status_source": source, "duration_seconds": seconds}
    return told


def said(procedure="github/PROC-1", version="v1", at=NOON, **answers):
    """Feedback."""
    facts = {"procedure": procedure, "satellite": procedure.rpartition("/")[0], "version": version}
    return event(at, "satellites", "procedure-feedback", **facts | answers)


def put_all(root, events):
    """Into the log of the workspace."""
    path = log_of(root, "satellites")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in events)


def runs_of(count, failures, *, aborted=0, prefix="r", **more):
    """So many runs, of which some failed or were aborted, told from start to finish."""
    events = []
    for number in range(count):
        status = (
            "Failure" if number < failures else "Agent-Aborted" if number < failures + aborted else "Success"
        )
        name = f"{prefix}{number}"
        events += [started(name, **more), finished(name, status, **more)]
    return events
