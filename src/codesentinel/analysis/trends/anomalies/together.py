"""Many series of one thing judged together: where several are surprised at once, none has to be for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.anomalies.alarms import HALF, SENSITIVITY, scores
from codesentinel.analysis.trends.anomalies.expected import expected
from codesentinel.analysis.trends.anomalies.fitness import usable
from codesentinel.analysis.trends.anomalies.spans import alarmed
from codesentinel.analysis.trends.anomalies.strangeness import Strangeness, sudden
from codesentinel.model.anomaly import JudgedTogether, Moved, MovedTogether
from codesentinel.stats.ewma import ewma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from codesentinel.model.series import Series

FEWEST = 3
"""Series that make a whole."""
HALF_TOGETHER = 0.25
"""Mean sudden strangeness that scores 0.5."""
_MEMORY = 1 / 3
_NAMED = 0.05
"""Share of the strangeness from which a series is named."""


def together(series: Sequence[Series], *, sensitivity: float = SENSITIVITY) -> JudgedTogether:
    """The score of all at each time that any of them has; nothing after a time is used for it.

    Scores are as they are, also in the time after an alarm in which none is given again.
    """
    if len(series) < FEWEST:
        return JudgedTogether(
            np.empty(0), np.empty(0), (), f"{FEWEST} series make a whole, not {len(series)}"
        )
    parts = [_Part(one) for one in series]
    grid = np.unique(np.concatenate([part.times for part in parts]))
    if not len(grid):
        return JudgedTogether(grid, grid, (), "none of their samples is a number")
    table = np.stack([part.on(grid) for part in parts])
    present = np.isfinite(table).sum(axis=0)
    if np.median(present) < FEWEST:
        return JudgedTogether(grid, np.zeros(len(grid)), (), "their samples are of different times")
    strange = ewma(np.nan_to_num(table).sum(axis=0) / present, _MEMORY) * (HALF / HALF_TOGETHER)
    spans = []
    for begin, last, score in alarmed(strange, sensitivity):
        shares = np.nan_to_num(table[:, begin : last + 1]).sum(axis=1)
        moved = _moved(parts, shares / shares.sum(), float(grid[begin]), float(grid[last]))
        spans.append(MovedTogether(float(grid[begin]), float(grid[last]), score, moved))
    return JudgedTogether(grid, scores(strange), tuple(spans), "")


class _Part:
    """One of the series: its numbers, and how strange each is."""

    def __init__(self, series: Series) -> None:
        good = usable(series.values)
        self.labels = series.labels
        self.times, self.values = series.times[good], series.values[good]
        self.seen: Strangeness = sudden(self.times, self.values)

    def on(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its strangeness at the times of the grid; NaN where it has no number."""
        row = np.full(len(grid), np.nan)
        row[np.searchsorted(grid, self.times)] = self.seen.strange
        return row


def _moved(
    parts: Sequence[_Part], shares: NDArray[np.float64], start: float, end: float
) -> tuple[Moved, ...]:
    """The series that made up the span, the one with the greatest share first."""
    found: list[Moved] = []
    for at in np.argsort(-shares, kind="stable").tolist():
        part = parts[at]
        begin, stop = np.searchsorted(part.times, (start, np.nextafter(end, np.inf))).tolist()
        if begin < stop and (shares[at] >= _NAMED or not found):
            band = expected(part.values, part.seen.daily, begin, stop - 1)
            observed = float(part.values[begin:stop].mean())
            found.append(Moved(part.labels, float(shares[at]), observed, band))
    return tuple(found)
