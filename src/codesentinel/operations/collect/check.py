"""``collect --check``: whether the store can be written, and what would be delivered."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.model.collection import CollectCheck, Outstanding
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.collect.reading import domains_of
from codesentinel.operations.collect.run import (
    all_workspaces,
    host_name,
    probe,
    spool_folder,
    store_named,
)
from codesentinel.operations.collect.sinks import open_sink
from codesentinel.store.archive_read import segments
from codesentinel.store.log_source import Mark
from codesentinel.store.spool import look_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.operations.collect.reading import Workspace

_SKEW_SECONDS = 60.0


@operation("collect.check", Effect.WRITE, metadata=lambda found: {"problem": found.problem})
def collect_check(context: Context, *, to: str = "", workspaces: Sequence[str] = ()) -> CollectCheck:
    """Say whether the store takes an object, and what is still to be delivered.

    Args:
        context: where this runs.
        to: the store; the setting ``collect.to`` where empty.
        workspaces: roots of further workspaces of this host.

    Raises:
        UsageError: no store is named.
    """
    sink = open_sink(context, store_named(context, to), host_name(context))
    problem, ahead = probe(sink)
    marks, waiting, size = look_into(str(spool_folder(context)))
    only = context.settings.collect.domains.split()
    found = [
        _outstanding(one, domain, marks.get(f"{one.prefix}{domain}", Mark()))
        for one in all_workspaces(context, workspaces)
        for domain in domains_of(one.root)
        if not only or domain in only
    ]
    notes = []
    if ahead is not None and abs(ahead) > _SKEW_SECONDS:
        side = "ahead of" if ahead > 0 else "behind"
        notes.append(
            f"the clock of this host is {abs(ahead):.0f} s {side} the store's: records tell its own time"
        )
    if context.settings.s3.endpoint.startswith("http://") and sink.shown.startswith("s3://"):
        notes.append("the endpoint is spoken to without TLS: what is sent can be read on its way")
    return CollectCheck(
        to=sink.shown,
        host=host_name(context),
        problem=problem,
        clock_skew_seconds=ahead,
        buffered=waiting,
        buffered_bytes=size,
        outstanding=tuple(found),
        notes=tuple(notes),
    )


def _outstanding(workspace: Workspace, domain: str, mark: Mark) -> Outstanding:
    try:
        size = os.path.getsize(os.path.join(workspace.root, "docs", "domains", domain, "history.jsonl"))
    except OSError:
        size = 0
    archives = [os.path.basename(path) for path in segments(workspace.root, domain)]
    left = [name for name in archives if name > mark.archive or (mark.number >= 0 and name == mark.archive)]
    read = mark.offset if mark.offset <= size else 0
    return Outstanding(workspace.name, domain, size - read, len(left))
