"""From alarms to spans of time: since when, until when, what was expected, and what was seen instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.anomalies.alarms import alarm_score, alarms, scores, strangeness_of
from codesentinel.analysis.trends.anomalies.expected import expected
from codesentinel.analysis.trends.anomalies.streams import WAYS
from codesentinel.model.anomaly import Flagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from codesentinel.analysis.trends.anomalies.strangeness import Strangeness

CALM = 12
"""Values below the threshold that end a span; fewer are a pause."""


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
        described(times, values, seen, span) for span in alarmed(seen.strange, sensitivity, is_muted=is_muted)
    )


def described(
    times: NDArray[np.float64], values: NDArray[np.float64], seen: Strangeness, span: tuple[int, int, float]
) -> Flagged:
    """A span of :func:`alarmed` as people are told of it."""
    begin, last, score = span
    return Flagged(
        start=float(times[begin]),
        end=float(times[last]),
        score=score,
        observed=float(values[begin : last + 1].mean()),
        expected=expected(values, seen.daily, begin, last),
        way=WAYS[seen.way[begin + int(seen.strange[begin : last + 1].argmax())]],
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
