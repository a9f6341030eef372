"""The busiest processes, again and again, at the cost of one reading a picture."""

from __future__ import annotations

from codesentinel.model.errors import UsageError
from codesentinel.model.process_views import SORTS, ProcessTable
from codesentinel.operations.base import operation
from codesentinel.operations.process.reading import LiveReading
from codesentinel.operations.process.views import ordered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.operations.base import Context

_SHORTEST_SECONDS = 0.1


@operation("process.top", metadata=lambda pictures: {"pictures": pictures})
def top(
    context: Context,  # noqa: ARG001 - as every verb has it
    *,
    limit: int = 20,
    sort: str = "cpu",
    match: str = "",
    interval_seconds: float = 2.0,
    count: int = 0,
    on_picture: Callable[[ProcessTable], None],
) -> int:
    """Show a table of processes again and again, CPU measured over just that time; how many were shown.

    Args:
        context: where this runs.
        limit: how many processes.
        sort: what decides; see ``process system``.
        match: a term or ``key:regexp``.
        interval_seconds: how long each window is.
        count: how many pictures; 0 for no end but Ctrl-C.
        on_picture: called with each table.

    Raises:
        UsageError: an order or filter that does not exist, or too short an interval.
    """
    if sort not in SORTS:
        raise UsageError(f"cannot sort by {sort!r}", hint=f"one of {', '.join(SORTS)}")
    if interval_seconds < _SHORTEST_SECONDS:
        raise UsageError(f"--interval must be {_SHORTEST_SECONDS} seconds or more")
    shown = 0
    try:
        while not count or shown < count:
            reading = LiveReading(window_seconds=interval_seconds)
            chosen = ordered(reading, match=match, sort=sort, limit=limit)
            table = ProcessTable(
                reading.scan,
                chosen,
                limit=limit,
                sort=sort,
                window_seconds=reading.window_seconds,
                commands={},
            )
            on_picture(table)
            shown += 1
    except KeyboardInterrupt:
        return shown
    return shown
