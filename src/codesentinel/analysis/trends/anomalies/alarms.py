"""From strangeness to scores of 0 to 1, and to alarms that are given once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = 1.525
"""Strangeness that scores 0.5: an excess of 3.6 usual ones, reached by one value in some 3,700."""
SENSITIVITY = 0.5
BOUNDS = (0.3, 0.7)
"""Sensitivities that feedback may lead to."""
MUTED = 120
"""Values after an alarm in which only a louder one is given: people know already."""
LOUDER = 1.5


def alarm_score(sensitivity: float) -> float:
    """The score from which an alarm is given: the more sensitive, the lower."""
    return 1.0 - sensitivity


def scores(strange: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 where all is usual, 0.5 at :data:`HALF`, near 1 where nothing like it was seen; monotone."""
    scaled: NDArray[np.float64] = 1.0 - np.exp2(-strange / HALF)
    return scaled


def strangeness_of(score: float) -> float:
    """The strangeness that has this score."""
    return float(-HALF * np.log2(1.0 - score))


def alarms(strange: NDArray[np.float64], sensitivity: float, *, is_muted: bool = True) -> NDArray[np.bool_]:
    """Where an alarm is given: over the threshold, and unless ``is_muted`` is false not said a moment ago."""
    threshold = strangeness_of(alarm_score(sensitivity))
    return _alarms(strange, threshold, MUTED, LOUDER) if is_muted else strange >= threshold


def told(strange: NDArray[np.float64], sensitivity: float) -> NDArray[np.float64]:
    """The scores as they are published: they reach the alarm's where one is given, muted ones lie below."""
    found, threshold = scores(strange), alarm_score(sensitivity)
    over = strange >= strangeness_of(threshold)
    found = np.where(over, np.maximum(found, threshold), np.minimum(found, np.nextafter(threshold, 0)))
    return np.where(over & ~alarms(strange, sensitivity), found * threshold, found)


@compiled
def _alarms(strange: NDArray[np.float64], threshold: float, muted: int, louder: float) -> NDArray[np.bool_]:
    given = np.zeros(len(strange), dtype=np.bool_)
    last, loudness = -muted - 1, 0.0
    for t in range(len(strange)):
        if strange[t] >= threshold and (t - last > muted or strange[t] > louder * loudness):
            given[t] = True
            last, loudness = t, strange[t]
    return given
