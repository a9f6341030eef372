"""The processes at a moment that the user names: now, or then."""

from __future__ import annotations

from codesentinel.operations.process.reading import LiveReading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.operations.base import Context
    from codesentinel.operations.process.reading import Reading


def read_processes(context: Context, at: float | None = None, *, window_seconds: float = 0.0) -> Reading:
    """The processes now, or as they were recorded last before ``at`` (seconds since the epoch).

    Raises:
        NoData: nothing was recorded then.
    """
    if at is None:
        return LiveReading(window_seconds=window_seconds)
    from codesentinel.operations.process.replay import recorded

    return recorded(context, at)
