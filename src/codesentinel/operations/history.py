"""The reader of history as verbs use it: the server of this workspace, its settings, its progress."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from codesentinel.model.errors import NotInstalled
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.capture.history import HistoryReader
    from codesentinel.operations.base import Context


@contextlib.contextmanager
def needs_arrays() -> Iterator[None]:
    """Within the block a library that cannot be imported is told as the extra that is missing.

    Raises:
        NotInstalled: it is.
    """
    try:
        yield
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"history is read into arrays, and {exc.name} is missing",
            hint="pip install 'codesentinel[trends]'",
        ) from exc


def history_reader(
    context: Context,
    *,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> HistoryReader:
    """A reader of the server at ``url``, or of the long history of this workspace.

    ``progress`` is called often with the share done (0 to 1) and the samples read so far; ``cancelled`` is
    asked often whether to stop.

    Raises:
        NotInstalled: the numerical library is missing.
    """
    with needs_arrays():
        from codesentinel.capture.history import HistoryReader

    return HistoryReader(
        url or endpoints(context).history,
        timeout_seconds=context.settings.sources.timeout_seconds,
        progress=progress or (lambda _share, _samples: None),
        cancelled=cancelled or (lambda: False),
        tell=context.tell,
    )
