"""Where the work on many series is done: here, on all cores, or elsewhere by an engine of the same shape.

This module imports nothing heavy: a worker begins with it, and tells the numerical libraries to keep to one
core before they are loaded.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Part = TypeVar("Part")
Result = TypeVar("Result")

_WORTH = 200
"""Below so many milliseconds of work a worker costs more than it saves."""


class Engine(Protocol):
    """Does the same work on each part; ``work`` and parts can be pickled."""

    def map(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
        """The results, in the order of the parts; closing it gives up what has not begun."""


class Here:
    """One after the other, in this process."""

    def map(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
        """The results."""
        return map(work, parts)


class Local:
    """A process for each core.

    Args:
        workers: how many; by default as many as there are cores.
    """

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or len(os.sched_getaffinity(0))

    def map(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
        """The results; workers end with the block, also when it is left early."""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        context = multiprocessing.get_context("spawn")  # a process with threads must not fork
        pool = ProcessPoolExecutor(min(self._workers, len(parts)), context, initializer=_alone)
        try:
            yield from pool.map(work, parts)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def engine_for(name: str, *, series: int, milliseconds_each: float) -> Engine:
    """The engine of this name, or this process where there is too little to do for others.

    ``here`` is this process in any case: for those that must leave no others behind.
    """
    workers = len(os.sched_getaffinity(0))
    if name == "here" or workers < 2 or series < 2 or series * milliseconds_each < _WORTH * workers:
        return Here()
    return Local()


def parts_of(items: Sequence[Part], size: int) -> list[Sequence[Part]]:
    """In their order, ``size`` in each."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _alone() -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
