"""Years of history into arrays: the fastest way that the server offers, window by window, with patience.

Raw samples come from VictoriaMetrics' export where there is one, else from Prometheus' query API; what has to
be evaluated comes from ``query_range``, under its limit of 11,000 points a series. A window counts only when
its answer has arrived as a whole: one that breaks off is asked for again, and nothing of it is kept.
"""

from __future__ import annotations

import math
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.capture.join import joined
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.capture.retry import Patience, Retrying
from codesentinel.capture.victoriametrics import VictoriaMetrics
from codesentinel.capture.windows import Windows
from codesentinel.model.errors import BadAnswer, Cancelled
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

_MOST_STEPS = 11_000  # Prometheus refuses more
_FIRST_STEPS = 500
_FIRST_MS = 2 * 86_400_000
_LONGEST_MS = 366 * 86_400_000
_SECOND_MS = 1000
_MOST_IN_MATRIX = 1_000_000  # a server computes all of an answer before it begins to send


class Chunk(NamedTuple):
    """What was read of one window; both ends belong to it (epoch seconds)."""

    start: float
    end: float
    series: list[Series]


class _TooMany(Exception):
    """The window has more points than should be held."""


class HistoryReader:
    """Reads one server.

    Args:
        base_url: of a VictoriaMetrics, a Prometheus, or what speaks like one; without ``/api/v1``.
        timeout_seconds: for each silence of the server.
        patience: how often is asked again.
        points: about how many samples one answer should have; what is held beside the result.
        progress: is called often with the share done (0 to 1) and the samples read so far.
        cancelled: is asked often whether to stop.
        tell: is told, in one line, when something is asked again.
        retrying: makes the pauses; by default real ones.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        patience: Patience | None = None,
        points: int = 4_000_000,
        progress: Callable[[float, int], None] = lambda _share, _samples: None,
        cancelled: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda _: None,
        retrying: Retrying | None = None,
    ) -> None:
        base_url = base_url.rstrip("/")
        self._prometheus = PrometheusClient(base_url, timeout_seconds=timeout_seconds)
        self._victoria = VictoriaMetrics(base_url, timeout_seconds=timeout_seconds)
        self._points = points
        self._progress = progress
        self._cancelled = cancelled
        self._retrying = retrying or Retrying(patience or Patience(), tell=tell, cancelled=cancelled)
        self._exports: bool | None = None
        self._samples = 0

    @property
    def exports(self) -> bool:
        """Whether the server offers the export; asked once.

        Raises:
            Unreachable, BadAnswer: it does not say.
        """
        if self._exports is None:
            self._exports = self._retrying.call(self._victoria.is_there, known=False)
        return self._exports

    def read(self, query: str, start: float, end: float, step_seconds: float | None = None) -> list[Series]:
        """All series from ``start`` to ``end``, both inclusive (epoch seconds).

        Without a step ``query`` is a selector, and its stored samples are returned: from VictoriaMetrics with
        their staleness markers (see ``stats.staleness``), from Prometheus without. With one, ``query`` is
        evaluated every ``step_seconds``, exactly at ``start + n * step_seconds``.

        Raises:
            Unreachable, BadAnswer: it failed, also when it was asked again.
            BadQuery: the server does not understand the query.
            Cancelled: ``cancelled`` said so.
        """
        return joined(one for chunk in self.chunks(query, start, end, step_seconds) for one in chunk.series)

    def chunks(
        self, query: str, start: float, end: float, step_seconds: float | None = None
    ) -> Iterator[Chunk]:
        """The same, one window at a time, in the order of time; only one window is held in memory."""
        start_ms, end_ms = math.ceil(start * 1000), math.floor(end * 1000)
        self._samples = 0
        exports = self.exports
        if step_seconds is not None:
            yield from self._evaluated(query, start_ms, end_ms, max(round(step_seconds * 1000), 1))
            return
        windows = Windows(
            start_ms,
            end_ms + 1,
            first=_FIRST_MS,
            longest=_LONGEST_MS,
            grain=_SECOND_MS,
            points=self._points if exports else min(self._points, _MOST_IN_MATRIX),
        )
        fetch = self._exported if exports else self._selected
        for begin, stop, series in self._windows(windows, partial(fetch, query)):
            yield Chunk(begin / 1000, (stop - 1) / 1000, series)

    def _evaluated(self, query: str, start_ms: int, end_ms: int, step_ms: int) -> Iterator[Chunk]:
        steps = (end_ms - start_ms) // step_ms + 1
        points = min(self._points, _MOST_IN_MATRIX)
        windows = Windows(0, steps, first=_FIRST_STEPS, longest=_MOST_STEPS, points=points)

        def fetch(first: int, stop: int) -> Generator[Series]:
            begin, last = start_ms + first * step_ms, start_ms + (stop - 1) * step_ms
            for series in self._prometheus.series(
                "query_range",
                query=query,
                start=_seconds(begin),
                end=_seconds(last + step_ms // 2),  # servers may lose a millisecond in rounding
                step=_seconds(step_ms),
                nocache=1,  # VictoriaMetrics moves the times to multiples of the step otherwise
            ):
                yield self._on_grid(series, query, begin, last, step_ms)

        for first, stop, series in self._windows(windows, fetch):
            begin, last = start_ms + first * step_ms, start_ms + (stop - 1) * step_ms
            yield Chunk(begin / 1000, last / 1000, series)

    def _windows(
        self, windows: Windows, fetch: Callable[[int, int], Generator[Series]]
    ) -> Iterator[tuple[int, int, list[Series]]]:
        while windows:
            begin, end = windows.begin, windows.end
            whole = partial(self._whole, partial(fetch, begin, end), windows.too_many, windows.done)
            try:
                series = self._retrying.call(whole, known=True)
            except _TooMany:
                windows.cut()
                continue
            points = sum(len(one) for one in series)
            self._samples += points
            windows.took(points)
            self._progress(windows.done, self._samples)
            yield begin, end, series

    def _whole(
        self, fetch: Callable[[], Generator[Series]], too_many: int | None, done: float
    ) -> list[Series]:
        """All series of one window, or none."""
        found, points = [], 0
        with closing(fetch()) as parts:
            for series in parts:
                if self._cancelled():
                    raise Cancelled("stopped before all was read")
                points += len(series)
                if too_many is not None and points > too_many:
                    raise _TooMany
                found.append(series)
                self._progress(done, self._samples + points)
        return joined(found)

    def _exported(self, selector: str, begin_ms: int, stop_ms: int) -> Generator[Series]:
        # half a millisecond less than the end: servers round down, or lose a bit in doing so
        for series in self._victoria.export(selector, begin_ms // 1000, (stop_ms - 0.5) / 1000):
            yield _between(series, begin_ms, stop_ms)

    def _selected(self, selector: str, begin_ms: int, stop_ms: int) -> Generator[Series]:
        query = f"{selector}[{stop_ms - begin_ms}ms]"  # a millisecond more: newer servers leave its start out
        for series in self._prometheus.series("query", query=query, time=_seconds(stop_ms - 1)):
            yield _between(series, begin_ms, stop_ms)

    def _on_grid(self, series: Series, query: str, begin: int, last: int, step_ms: int) -> Series:
        """The series at exactly the times that were asked for, from which servers differ by roundings."""
        moments = series.times * 1000
        index = np.rint((moments - begin) / step_ms)
        exact = begin + index * step_ms
        if np.any(np.abs(moments - exact) > 1) or np.any(exact < begin) or np.any(exact > last):
            raise BadAnswer(
                f"{self._prometheus.shown} answered {query} for other times than it was asked for",
                hint="some proxies align them: let the start be a multiple of the step",
            )
        return Series(series.labels, exact / 1000, series.values)


def _between(series: Series, begin_ms: int, stop_ms: int) -> Series:
    """The samples in ``[begin_ms, stop_ms)``; the same arrays where that is all of them."""
    moments = series.times
    first, stop = np.searchsorted(moments, ((begin_ms - 0.5) / 1000, (stop_ms - 0.5) / 1000))
    if first == 0 and stop == len(moments):
        return series
    return Series(series.labels, moments[first:stop].copy(), series.values[first:stop].copy())


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}" if ms % 1000 else str(ms // 1000)
