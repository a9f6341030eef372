"""How strange each value is, in the same unit on every series: log of the excess over its usual extremes.

Sustained strangeness is of the mean of the last twenty or so values: what an operator would call an
incident. Sudden strangeness is of each value by itself, far noisier, and told only of many series together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.trends.anomalies.streams import WARM_UP, streams
from codesentinel.stats.ewma import strayed
from codesentinel.stats.tail import USUAL, excesses

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUSTAINED = (1 / 18, 1 / 24, 1 / 30)
"""Three memories, whose mean is taken: one alone hangs on where it happens to stand."""
_SUDDEN = (1.0,)
_LONG = 1 / 1000


class Strangeness(NamedTuple):
    """``strange`` is 0 within what is usual; ``way`` is the strangest stream's place in ``WAYS``."""

    strange: NDArray[np.float64]
    way: NDArray[np.intp]
    daily: NDArray[np.float64]


def sustained(times: NDArray[np.float64], values: NDArray[np.float64]) -> Strangeness:
    """Of the values lately, at each; nothing after a value is used for it."""
    return _strangeness(times, values, SUSTAINED)


def sudden(times: NDArray[np.float64], values: NDArray[np.float64]) -> Strangeness:
    """Of each value by itself."""
    return _strangeness(times, values, _SUDDEN)


def hindsight(times: NDArray[np.float64], values: NDArray[np.float64]) -> Strangeness:
    """The greater of sustained strangeness as seen from both ends of time; one covers the other's warm-up."""
    after = sustained(times, values)
    before = sustained(-times[::-1], values[::-1])
    early = np.arange(len(values)) < WARM_UP
    late = early[::-1]
    back = before.strange[::-1]
    both = np.where(early, back, np.where(late, after.strange, np.maximum(after.strange, back)))
    return Strangeness(both, np.where(early, before.way[::-1], after.way), after.daily)


def _strangeness(
    times: NDArray[np.float64], values: NDArray[np.float64], memories: tuple[float, ...]
) -> Strangeness:
    seen = streams(times, values)
    by_way = np.stack([_mean_strangeness(stream, memories) for stream in seen.values])
    return Strangeness(by_way.max(axis=0), by_way.argmax(axis=0), seen.daily)


def _mean_strangeness(stream: NDArray[np.float64], memories: tuple[float, ...]) -> NDArray[np.float64]:
    found = np.zeros(len(stream))
    for memory in memories:
        found += np.log1p(excesses(strayed(stream, memory, _LONG), WARM_UP, USUAL)[0])
    return found / len(memories)
