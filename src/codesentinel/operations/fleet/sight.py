"""Where a question about records looks: into this workspace, or at a fleet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.memory_index import open_index
from codesentinel.store.session_memory import SessionMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.operations.base import Context

OWN = "none"
"""Said for ``--fleet``: this workspace, though the settings name a fleet."""

_DAY_SECONDS = 86400.0


def is_fleet(context: Context, fleet: str) -> bool:
    """Whether a fleet is asked."""
    return (fleet or context.settings.fleet.url or OWN) != OWN


def sight(
    context: Context,
    fleet: str,
    *,
    domains: Sequence[str] = (),
    since: float | None = None,
    until: float | None = None,
) -> tuple[Context, tuple[str, ...]]:
    """The context to read in, brought up to date, and what could not be read.

    Clocks of hosts differ: a day more on either side of the interval is fetched.

    Raises:
        UsageError: it is no store.
        Unreachable, Unauthorized, BadAnswer: it does not answer.
        Failed: its records cannot be kept here.
        NotInstalled: the extra is missing.
    """
    if not is_fleet(context, fleet):
        return context, ()
    import hashlib

    from codesentinel.operations.record_store import open_store
    from codesentinel.store.fleet_mirror import FleetMirror

    url = fleet or context.settings.fleet.url
    objects = open_store(context, url)
    where = f"{objects.shown} {context.settings.s3.endpoint}"
    folder = context.state_dir / "fleet" / hashlib.sha256(where.encode()).hexdigest()[:16]
    mirror = FleetMirror(folder, objects, most_bytes=context.settings.fleet.cache_bytes, tell=context.tell)
    mirror.fetch(domains, _day(since, -_DAY_SECONDS), _day(until, _DAY_SECONDS))
    own = context.memory
    memory = SessionMemory(folder, session_id=own.session_id, agent_id=own.agent_id)
    there = context.but(root=str(folder), memory=memory)
    open_index(there).catch_up(1 << 62)
    return there, tuple(mirror.notes)


def _day(moment: float | None, more: float) -> str:
    if moment is None or not 0 < moment + more < time.time() + 100 * 365 * _DAY_SECONDS:
        return ""
    return rfc3339(moment + more)[:10]
