"""What reading a window will ask of AWS, before it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

USD_PER_METRIC = 0.01 / 1000
"""The list price of GetMetricData in most regions when this was written; AWS' pricing page is the truth."""


class Estimate(NamedTuple):
    """Upper bounds: each page of an answer counts as a request for all its metrics, as it may be paid."""

    requests: int
    metrics_requested: int
    points: int

    @property
    def usd(self) -> float:
        """At the list price."""
        return self.metrics_requested * USD_PER_METRIC

    def plus(self, other: Estimate) -> Estimate:
        """Both together."""
        return Estimate(*(one + more for one, more in zip(self, other, strict=True)))


def estimate(batch_sizes: Sequence[int], points_each: int, page_points: int) -> Estimate:
    """For batches of so many series that have at most ``points_each`` points."""
    total = Estimate(0, 0, 0)
    for size in batch_sizes:
        pages = max(1, -(-size * points_each // page_points))
        total = total.plus(Estimate(pages, pages * size, size * points_each))
    return total
