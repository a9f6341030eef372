"""What the values before a span let expect of it, and how far off it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.anomaly import Band

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAR = 2.5
"""In distances that means of as many values by chance keep to."""
_LATEST = (5, 30)
"""Values of a span whose mean is looked at: no fewer, no more."""
_REMEMBERED = 1000
"""Values before a span from which is drawn."""
_BAND = 0.98
"""Share of these that lay within the band: its ends are quantiles."""


class Usual(NamedTuple):
    """What was expected: ``level``, or what the time of day says where that is None; and how values erred."""

    level: float | None
    errors: NDArray[np.float64]

    def estimate(self, daily: NDArray[np.float64]) -> float:
        """Of values for which the time of day lets expect ``daily``."""
        return float(daily.mean()) if self.level is None else self.level


class Off(NamedTuple):
    """How far off the latest values are: their mean, and that in distances that chance keeps to.

    ``by_means`` of as many values, ``by_values`` of single ones.
    """

    latest: float
    by_means: float
    by_values: float

    @property
    def is_far(self) -> bool:
        """Out of the bounds of values, and far out of those of means: a regular saw's are always the same."""
        return self.by_means >= FAR and self.by_values >= 1.0


def usual(values: NDArray[np.float64], daily: NDArray[np.float64], begin: int) -> Usual:
    """By the time of day or by the level, whichever fitted the values before ``begin`` better."""
    before = slice(max(0, begin - _REMEMBERED), max(begin, 1))
    level = float(np.median(values[before]))
    by_day, by_level = values[before] - daily[before], values[before] - level
    return Usual(None, by_day) if np.abs(by_day).mean() < np.abs(by_level).mean() else Usual(level, by_level)


def expected(values: NDArray[np.float64], daily: NDArray[np.float64], begin: int, last: int) -> Band:
    """The band of a span, of single values."""
    before = usual(values, daily, begin)
    estimate = before.estimate(daily[begin : last + 1])
    below, above = _bounds(before.errors)
    return Band(estimate, estimate + below, estimate + above)


def off(values: NDArray[np.float64], daily: NDArray[np.float64], begin: int, last: int) -> Off:
    """Of a span that lasts at ``last``, or ended there."""
    before = usual(values, daily, begin)
    fewest, most = _LATEST
    count = min(max(last - begin + 1, fewest), most)
    latest = slice(max(begin, last - count + 1), last + 1)
    mean = float(values[latest].mean())
    away = mean - before.estimate(daily[latest])
    sums = np.cumsum(np.concatenate(([0.0], before.errors)))
    means = (sums[count:] - sums[:-count]) / count
    return Off(mean, _in_bounds(away, means), _in_bounds(away, before.errors))


def _in_bounds(away: float, errors: NDArray[np.float64]) -> float:
    """The distance over that to the bound on its side."""
    below, above = _bounds(errors)
    bound = above if away > 0 else -below
    return abs(away) / bound if bound > 0 else float("inf") if away else 0.0


def _bounds(errors: NDArray[np.float64]) -> tuple[float, float]:
    below, above = np.quantile(errors, ((1 - _BAND) / 2, (1 + _BAND) / 2))
    return float(min(below, 0.0)), float(max(above, 0.0))
