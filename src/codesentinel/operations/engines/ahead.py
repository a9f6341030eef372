"""A few parts at work at once, however many there are: what is read, waits or is done stays bounded."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

Part = TypeVar("Part")
Result = TypeVar("Result")


def in_order(
    submit: Callable[[Part], Future[Result]],
    parts: Iterable[Part],
    most: Callable[[], int],
    again: Callable[[BaseException], bool] = lambda _: False,
) -> Iterator[Result]:
    """The results in the order of the parts, of which at most ``most()`` are submitted and not handed on.

    Where work fails and ``again`` says so of its error, all that waits is submitted once more.
    """
    waiting: deque[tuple[Part, Future[Result]]] = deque()
    left = iter(parts)
    try:
        while True:
            for part in islice(left, max(most() - len(waiting), 0)):
                waiting.append((part, submit(part)))
            if not waiting:
                return
            error = waiting[0][1].exception()
            if error is None:
                yield waiting.popleft()[1].result()
            elif again(error):
                waiting = deque((part, submit(part)) for part, _ in waiting)
            else:
                raise error
    finally:
        for _, future in waiting:
            future.cancel()
