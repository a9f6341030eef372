"""A series as it was read, and what there is to say about that; a counter as what it counts per second."""

from __future__ import annotations

from typing import NamedTuple

from codesentinel.model.series import Series
from codesentinel.stats.counter import rates_at


class Given(NamedTuple):
    """``notes`` are told with whatever is said of the series."""

    series: Series
    notes: tuple[str, ...] = ()

    def by_rate(self, done: str, *, counter: bool = False) -> Given:
        """Its rate where it is named like a counter, or is one by ``counter``; else as it is.

        The note says that by its rate it was ``done``.
        """
        one = self.series
        if not counter and not one.is_counter:
            return self
        rate = Series(one.labels, one.times, rates_at(one.times, one.values))
        return Given(rate, (*self.notes, f"a counter: {done} by its rate per second"))
