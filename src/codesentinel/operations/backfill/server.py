"""Samples of a server that speaks Prometheus' API, window by window."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import UsageError
from codesentinel.model.samples import NAME, Samples
from codesentinel.operations.history import history_reader, needs_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.model.series import Series
    from codesentinel.operations.base import Context


class Wanted(NamedTuple):
    """What is read of a server.

    Attributes:
        selectors: of series, or with a step whatever is to be evaluated. One that an earlier
            selector gave is not read again.
        start: epoch seconds, inclusive.
        end: likewise.
        step_seconds: between values that are evaluated; None for samples as they are stored.
        metric: the name of what has none, as evaluated expressions have none.
    """

    selectors: tuple[str, ...]
    start: float
    end: float
    step_seconds: float | None = None
    metric: str = ""


class ServerSamples:
    """Reads them once.

    Args:
        context: its settings are taken.
        url: the server.
        wanted: of which series.
        progress: takes the share done and the samples read.

    Raises:
        UsageError: the span ends before it begins.
        NotInstalled: the numerical library is missing.
    """

    def __init__(
        self, context: Context, url: str, wanted: Wanted, progress: Callable[[float, int], None] | None
    ) -> None:
        if wanted.start >= wanted.end:
            raise UsageError("the span ends before it begins", hint="--since 90d, or an earlier --since")
        self._wanted = wanted
        self._reader = history_reader(context, url=url, progress=progress)
        self._from: dict[tuple[tuple[str, str], ...], str] = {}
        self.left_out = 0
        """Values that were NaN or infinite; the marks at the end of a series are none."""

    def batches(self) -> Iterator[list[Samples]]:
        """All samples, those of one window at once.

        Raises:
            BadQuery: a selector is none.
            UsageError: a series has no name.
            Unreachable, BadAnswer: the server could not be read.
        """
        wanted = self._wanted
        for selector in wanted.selectors:
            for chunk in self._reader.chunks(selector, wanted.start, wanted.end, wanted.step_seconds):
                yield [samples for one in chunk.series if (samples := self._samples(one, selector))]

    def _samples(self, series: Series, selector: str) -> Samples | None:
        """The finite ones; None where there is none, or an earlier selector gave the series."""
        with needs_arrays():
            from codesentinel.stats.staleness import is_stale

        labels = {name: text for name, text in series.labels.items() if text}
        if not labels.setdefault(NAME, self._wanted.metric):
            raise UsageError(f"what {selector} gives has no name", hint="--metric NAME")
        key = tuple(sorted(labels.items()))
        if self._from.setdefault(key, selector) != selector:
            return None
        found = Samples.of(series)._replace(labels=labels)
        finite = found.finite()
        self.left_out += len(found.times_ms) - len(finite.times_ms) - int(is_stale(series.values).sum())
        return finite if finite.times_ms else None
