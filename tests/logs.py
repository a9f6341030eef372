"""Logs for tests of what reads them."""

from __future__ import annotations

import json
import os

from codesentinel.model.timestamp import rfc3339
from codesentinel.store import chain
from codesentinel.store.index import ArchiveIndex
from codesentinel.store.session_memory import SessionMemory, new_id

DAY = 86400.0


def log_of(root, domain="stack"):
    """The file of a domain's log."""
    return root / "docs" / "domains" / domain / "history.jsonl"


def index_of(root):
    """The index of a workspace."""
    return ArchiveIndex(root, root / ".codesentinel")


def write(root, count, domain="stack", action="restarted", **activity):
    """Events as every program writes them."""
    memory = SessionMemory(root, session_id="s", agent_id="a", warn=_fail)
    for number in range(count):
        memory.log_domain_activity(domain, {"action": action, "metadata": {"n": number}} | activity)


def write_old(root, times, domain="stack", action="restarted"):
    """Sealed events with these times, continuing the log as its writer would."""
    path = log_of(root, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_bytes().splitlines() if path.exists() else []
    before = chain.value(lines[-1]) if lines else chain.GENESIS
    with path.open("ab") as file:
        for moment in times:
            line = chain.seal(json.dumps(event(moment, domain, action)).encode(), before)
            before = chain.value(line)
            file.write(line + b"\n")


def event(moment, domain="stack", action="restarted", **metadata):
    """One event."""
    activity = {"action": action, "success": True, "duration_ms": 1.5, "metadata": metadata}
    return {"timestamp": rfc3339(moment), "id": new_id(), "domain": domain, "activity": activity}


def snapshot(root, moment, parents):
    """A snapshot of processes, from process to parent."""
    path = root / "docs" / "metrics" / f"process_snapshot_{moment:.0f}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"timestamp": rfc3339(moment), "coverage": {"read": len(parents)}}]
    for pid in parents:
        ancestors, above = [], parents[pid]
        while above:
            ancestors.append(above)
            above = parents.get(above, 0)
        lines.append({"timestamp": rfc3339(moment), "pid": pid, "ancestors": ancestors, "name": f"p{pid}"})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def crash():
    """What no handler sees."""
    os.kill(os.getpid(), 9)


def _fail(message):
    raise AssertionError(message)
