"""``satellites backfill``: what was loaded before any hook was installed, from transcripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.capture.satellites.transcripts import loaded_in, transcripts
from codesentinel.model.errors import NoData
from codesentinel.model.satellites import DOMAIN
from codesentinel.model.satellites_views import Backfilled
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.loaded import log_signal

if TYPE_CHECKING:
    from collections.abc import Mapping

_CALL = re.compile(rb'"tool_use_id":"([^"\\]{1,400})"')


def _facts(done: Backfilled) -> Mapping[str, int]:
    return {"transcripts": done.transcripts, "added": done.added, "known": done.known}


@operation("satellites.backfill", Effect.WRITE, metadata=_facts)
def backfill(context: Context, *, folder: str = "") -> Backfilled:
    """Log each skill that transcripts of Claude Code say was loaded in this workspace, once.

    ``folder`` holds them, by default ``~/.claude/projects``. What the log tells of already, by whatever
    way it came there, is passed over; nothing but names and times is taken.

    Raises:
        NoData: there are no transcripts.
    """
    where = Path(folder).expanduser() if folder else Path.home() / ".claude" / "projects"
    files = transcripts(where)
    if not files:
        raise NoData(f"no transcripts below {where}", hint="--from DIR names another folder")
    known, root = _known(context), str(context.root)
    added = repeated = 0
    for path in files:
        for event in loaded_in(path, root):
            if event.tool_use_id in known:
                repeated += 1
                continue
            known.add(event.tool_use_id)
            added += log_signal(root, event)
    return Backfilled(len(files), added, repeated)


def _known(context: Context) -> set[str]:
    """Calls of tools that the log tells of."""
    try:
        with context.memory.path(DOMAIN).open("rb") as file:
            return {found[1].decode() for line in file for found in _CALL.finditer(line)}
    except FileNotFoundError:
        return set()
