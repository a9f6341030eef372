"""This machine: one process, or one for each core.

This module imports nothing heavy: a worker begins with it, and tells the numerical libraries to keep to one
core before they are loaded.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from codesentinel.model.errors import Failed
from codesentinel.operations.engines.ahead import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor

Part = TypeVar("Part")
Result = TypeVar("Result")

_AHEAD = 2
_DEATHS = 3


class Here:
    """One after the other, in this process."""

    def map(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        """The results."""
        return map(work, parts)


class Local:
    """A process for each core; what a process held that was killed is done again.

    Args:
        workers: how many; by default as many as there are cores.
    """

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or cores()
        self._pool: ProcessPoolExecutor | None = None
        self._deaths = 0

    def map(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        """The results; workers end with the block, also when it is left early.

        Raises:
            Failed: workers were killed again and again.
        """

        def submit(part: Part) -> Future[Result]:
            from concurrent.futures.process import BrokenProcessPool

            if self._pool is None:
                self._pool = _pool(self._workers)
            try:
                return self._pool.submit(work, part)
            except BrokenProcessPool as exc:  # a worker died, and nobody has waited for it yet
                return _failed(exc)

        try:
            yield from in_order(submit, parts, lambda: _AHEAD * self._workers, self._again)
        finally:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    def _again(self, error: BaseException) -> bool:
        """Whether a worker's death is behind it; then there is a new pool."""
        from concurrent.futures.process import BrokenProcessPool

        if not isinstance(error, BrokenProcessPool):
            return False
        self._deaths += 1
        if self._deaths > _DEATHS:
            raise Failed(
                f"workers were killed {self._deaths} times",
                hint="is there memory enough? fewer at a time need less: --workers 1",
            ) from error
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        return True


def _failed(error: BaseException) -> Future[Result]:
    from concurrent.futures import Future

    future: Future[Result] = Future()
    future.set_exception(error)
    return future


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def _pool(workers: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # a process with threads must not fork
    return ProcessPoolExecutor(workers, context, initializer=_alone)


def _alone() -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
