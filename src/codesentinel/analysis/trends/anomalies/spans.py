"""From alarms to spans of time: since when, until when, what was expected, and what was seen instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.anomalies.alarms import alarm_score, alarms, scores, strangeness_of
from codesentinel.analysis.trends.anomalies.streams import WAYS
from codesentinel.model.anomaly import Band, Flagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from codesentinel.analysis.trends.anomalies.strangeness import Strangeness

CALM = 12
"""Values below the threshold that end a span; fewer are a pause."""
_REMEMBERED = 1000
"""Values before a span from which its band is drawn."""
_BAND = 0.98
"""Share of these that lay within the band: its ends are quantiles."""


def flagged(
    times: NDArray[np.float64],
    values: NDArray[np.float64],
    seen: Strangeness,
    sensitivity: float,
    *,
    is_muted: bool = True,
) -> tuple[Flagged, ...]:
    """The spans, in the order of time. Each begins with an alarm; what was expected is as it was then."""
    return tuple(
        Flagged(
            start=float(times[begin]),
            end=float(times[last]),
            score=score,
            observed=float(values[begin : last + 1].mean()),
            expected=expected(values, seen.daily, begin, last),
            way=WAYS[seen.way[begin + int(seen.strange[begin : last + 1].argmax())]],
        )
        for begin, last, score in alarmed(seen.strange, sensitivity, is_muted=is_muted)
    )


def alarmed(
    strange: NDArray[np.float64], sensitivity: float, *, is_muted: bool = True
) -> Iterator[tuple[int, int, float]]:
    """The first value of each span, its last, and the highest score between."""
    threshold = alarm_score(sensitivity)
    over = np.flatnonzero(strange >= strangeness_of(threshold))
    last = -1
    for begin in np.flatnonzero(alarms(strange, sensitivity, is_muted=is_muted)).tolist():
        if begin > last:  # else a louder alarm within the span
            last = _end(over, begin)
            highest = float(scores(strange[begin : last + 1]).max())
            yield begin, last, max(highest, threshold)


def _end(over: NDArray[np.intp], begin: int) -> int:
    """The last value over the threshold that follows ``begin`` without too long a calm."""
    behind = over[np.searchsorted(over, begin) :]
    breaks = np.flatnonzero(np.diff(behind) > CALM)
    return int(behind[breaks[0]] if len(breaks) else behind[-1])


def expected(values: NDArray[np.float64], daily: NDArray[np.float64], begin: int, last: int) -> Band:
    """By the time of day or by the level, whichever fitted the values before the span better."""
    before = slice(max(0, begin - _REMEMBERED), max(begin, 1))
    level = float(np.median(values[before]))
    if np.abs(values[before] - daily[before]).mean() < np.abs(values[before] - level).mean():
        estimate, errors = float(daily[begin : last + 1].mean()), values[before] - daily[before]
    else:
        estimate, errors = level, values[before] - level
    below, above = np.quantile(errors, ((1 - _BAND) / 2, (1 + _BAND) / 2))
    return Band(estimate, estimate + float(min(below, 0.0)), estimate + float(max(above, 0.0)))
