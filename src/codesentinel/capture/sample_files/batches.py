"""Samples gathered by series until there are enough of them to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    Batch = list[Samples]

SAMPLES = 100_000
"""How many a batch holds."""


class Place(NamedTuple):
    """Where the samples of one series are gathered."""

    labels: Mapping[str, str]
    times_ms: list[int]
    values: list[float]


class Gathering(dict["Hashable", Place]):
    """Places by whatever a file calls a series."""

    def place(self, key: Hashable, labels: Mapping[str, str]) -> Place:
        """A new, empty place."""
        place = self[key] = Place(labels, [], [])
        return place

    def batches(self, rows: Iterable[tuple[Place, int, float]]) -> Iterator[Batch]:
        """Put each time and value in its place, and hand on as many as a batch holds."""
        waiting = 0
        for place, time_ms, value in rows:
            place.times_ms.append(time_ms)
            place.values.append(value)
            waiting += 1
            if waiting >= SAMPLES:
                yield self._taken()
                waiting = 0
        yield self._taken()

    def _taken(self) -> Batch:
        """All that was gathered, which is then forgotten."""
        batch = [Samples(*place) for place in self.values()]
        self.clear()
        return batch
