"""Counting a stream of samples: how many, of which series, from when to when, what is there twice."""

from __future__ import annotations

from itertools import islice, pairwise
from operator import gt, lt
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from codesentinel.model.samples import Samples

    Key = tuple[tuple[str, str], ...]

_UNKNOWN, _UP, _DOWN, _MIXED = range(4)
_KEPT = 20


class Conflict(NamedTuple):
    """One series, one moment, two values: nobody can say which of them was meant."""

    labels: Mapping[str, str]
    time_ms: int
    values: tuple[float, float]


class Seen:
    """One series as far as it was read. ``samples`` are less the ``repeated``, which were there already."""

    __slots__ = ("_direction", "_last", "first_ms", "last_ms", "repeated", "samples")

    def __init__(self) -> None:
        self.samples = self.repeated = 0
        self.first_ms = self.last_ms = 0
        self._direction = _UNKNOWN
        self._last: tuple[int, float] | None = None

    @property
    def is_ascending(self) -> bool:
        """Whether each sample is later than the one before."""
        return self._direction in (_UNKNOWN, _UP)

    @property
    def is_mixed(self) -> bool:
        """Neither ascending nor descending: what is there twice is noticed within a batch alone."""
        return self._direction == _MIXED

    def add(self, times: Sequence[int], values: Sequence[float]) -> Iterator[tuple[int, float, float]]:
        """Count them; the moments that have two values, with both."""
        low, high = min(times), max(times)
        self.first_ms = min(self.first_ms or low, low)
        self.last_ms = max(self.last_ms, high)
        if self._last is not None:
            times, values = [self._last[0], *times], [self._last[1], *values]
            self.samples -= 1
        self._last = (times[-1], values[-1])
        direction = _direction(times)
        if direction != _UNKNOWN:
            self._direction = direction if self._direction in (_UNKNOWN, direction) else _MIXED
        self.samples += len(times)
        if not _is_strict(times, direction):
            yield from self._again(times, values)

    def _again(self, times: Sequence[int], values: Sequence[float]) -> Iterator[tuple[int, float, float]]:
        pairs = zip(times, values, strict=True)
        rows = sorted(pairs, key=lambda pair: pair[0]) if self.is_mixed else list(pairs)
        for (time, value), (next_time, next_value) in pairwise(rows):
            if time != next_time:
                continue
            self.samples -= 1
            self.repeated += 1
            if value != next_value:
                yield time, value, next_value


def _direction(times: Sequence[int]) -> int:
    """Of times that may stand still."""
    if times[0] == times[-1] and min(times) == max(times):
        return _UNKNOWN
    if times[0] < times[-1] and not any(map(gt, times, islice(times, 1, None))):
        return _UP
    if times[0] > times[-1] and not any(map(lt, times, islice(times, 1, None))):
        return _DOWN
    return _MIXED


def _is_strict(times: Sequence[int], direction: int) -> bool:
    """Whether no moment is there twice; False where that is not known."""
    if len(times) == 1:
        return True
    if direction not in (_UP, _DOWN):
        return False
    return all(map(lt if direction == _UP else gt, times, islice(times, 1, None)))


class Tally:
    """All series of a stream."""

    def __init__(self) -> None:
        self.series: dict[Key, Seen] = {}
        self.conflicts: list[Conflict] = []
        self.conflict_count = 0
        self.read = 0
        """Samples, the repeated among them."""

    def add(self, batch: Iterable[Samples]) -> None:
        """Count a batch."""
        for labels, times, values in batch:
            if not times:
                continue
            self.read += len(times)
            key = tuple(sorted(labels.items()))
            seen = self.series.get(key)
            if seen is None:
                seen = self.series[key] = Seen()
            for time, one, other in seen.add(times, values):
                self.conflict_count += 1
                if len(self.conflicts) < _KEPT:
                    self.conflicts.append(Conflict(labels, time, (one, other)))

    def by_metric(self) -> dict[str, dict[Key, Seen]]:
        """The series of each metric, by its name."""
        found: dict[str, dict[Key, Seen]] = {}
        for key, seen in self.series.items():
            found.setdefault(dict(key)[NAME], {})[key] = seen
        return found

    @property
    def span_ms(self) -> tuple[int, int] | None:
        """The first and the last moment; None where there is none."""
        if not self.series:
            return None
        return min(s.first_ms for s in self.series.values()), max(s.last_ms for s in self.series.values())
