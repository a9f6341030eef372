"""Functions and jobs of a service, timed and counted by how they ended."""

from __future__ import annotations

import functools
import inspect
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from codesentinel.instrument.families import FunctionFamilies, JobFamilies, registered
from codesentinel.instrument.named import NamedMetrics
from codesentinel.instrument.push import JobRun, push_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Record = Callable[[str, float], object]

Function = TypeVar("Function", bound="Callable[..., Any]")

SUCCESS, FAILURE, CANCELLED = "success", "failure", "cancelled"
_PUSH_TIMEOUT_SECONDS = 5.0


class WorkMetrics(NamedMetrics):
    """Measures the functions and jobs of one service; it is made as all that measure what has names."""

    def _show(self) -> None:
        self._functions = registered(FunctionFamilies, self._registry)
        self._jobs = registered(JobFamilies, self._registry)
        self._shown: set[tuple[object, str]] = set()

    def timed(self, name: str) -> Measured:
        """A function or a block of code; name it by what it does, never by what it does it to."""
        self._born(self._functions, name)
        return Measured(functools.partial(self._ended, self._functions, name))

    def job(self, name: str, *, push_to: str = "") -> Measured:
        """A job, which also shows when it last succeeded.

        Args:
            name: of the job.
            push_to: address of a Pushgateway that is told how a run ended, for a job that ends before
                anybody scrapes it. A push that fails is logged, and fails nothing.
        """
        self._born(self._jobs, name)
        return Measured(functools.partial(self._job_ended, name, push_to))

    def _born(self, families: FunctionFamilies | JobFamilies, name: str) -> None:
        """Show that nothing happened yet: an increase is seen only from a value that was there before."""
        if (families, name) not in self._shown and self._names.has_room_for(name):
            self._shown.add((families, name))
            for outcome in (SUCCESS, FAILURE):
                families.ended.labels(*self._who, self._names.value(name), outcome)

    def _ended(
        self, families: FunctionFamilies | JobFamilies, name: str, outcome: str, seconds: float
    ) -> tuple[str, ...]:
        labels = (*self._who, self._names.value(name))
        families.duration.labels(*labels).observe(seconds)
        families.ended.labels(*labels, outcome).inc()
        return labels

    def _job_ended(self, name: str, push_to: str, outcome: str, seconds: float) -> None:
        labels = self._ended(self._jobs, name, outcome, seconds)
        now = time.time()
        self._jobs.last_run.labels(*labels).set(now)
        self._jobs.last_duration.labels(*labels).set(seconds)
        if outcome == SUCCESS:
            self._jobs.last_success.labels(*labels).set(now)
        if push_to:
            run = JobRun(name, *self._who, now, seconds, succeeded=outcome == SUCCESS)
            push_run(push_to, run, timeout_seconds=_PUSH_TIMEOUT_SECONDS)


class Measured:
    """Decorates a function, synchronous or not, or stands in a ``with``.

    What ends by an exception is a ``failure`` and the exception goes on; a cancelled task or an
    interrupt is ``cancelled``; leaving by ``sys.exit()`` without an error is a ``success``.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._began: list[float] = []

    def __enter__(self) -> Self:
        self._began.append(time.perf_counter())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._record(_outcome(exc), time.perf_counter() - self._began.pop())

    def __call__(self, function: Function) -> Function:
        """Measure each call of the function.

        Raises:
            TypeError: it is a generator, whose call does nothing but make it.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"{function.__qualname__} is a generator: its call only makes it; "
                "measure the loop that reads it, by `with`"
            )
        record = self._record
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with Measured(record):
                    return await function(*args, **kwargs)

            return cast("Function", awaited)

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with Measured(record):
                return function(*args, **kwargs)

        return cast("Function", called)


def _outcome(exc: BaseException | None) -> str:
    if exc is None or (isinstance(exc, SystemExit) and not exc.code):
        return SUCCESS
    return FAILURE if isinstance(exc, Exception | SystemExit) else CANCELLED
