"""Samples: some of one series, with the whole milliseconds that servers keep."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codesentinel.model.series import Series

NAME = "__name__"
"""The label that holds a metric's name."""


class Samples(NamedTuple):
    """``times_ms`` are epoch milliseconds; a value stands at the same place in ``values``."""

    labels: Mapping[str, str]
    times_ms: Sequence[int]
    values: Sequence[float]

    @classmethod
    def of(cls, series: Series) -> Samples:
        """Those of a series; its times are rounded to milliseconds."""
        times = (series.times * 1000).round().astype("int64")
        return cls(dict(series.labels), times.tolist(), series.values.tolist())

    @property
    def is_finite(self) -> bool:
        """Whether every value is a number: neither NaN nor infinite."""
        return all(map(isfinite, self.values))

    def finite(self) -> Samples:
        """Those alone whose value is a number."""
        if self.is_finite:
            return self
        kept = [i for i, value in enumerate(self.values) if isfinite(value)]
        return Samples(self.labels, [self.times_ms[i] for i in kept], [self.values[i] for i in kept])

    def parts(self, most: int) -> Iterator[Samples]:
        """The same in parts of ``most`` samples or fewer."""
        for start in range(0, len(self.times_ms), most):
            stop = start + most
            yield Samples(self.labels, self.times_ms[start:stop], self.values[start:stop])
