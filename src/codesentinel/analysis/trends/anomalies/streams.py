"""A series looked at from several sides, each blind to the future: what one misses another shows.

Every stream is a series of the same length whose values stay near zero, or near a level, while all is usual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.ewma import ewma, in_usual_amounts
from codesentinel.stats.experts import followed
from codesentinel.stats.recursive_least_squares import autoregression_errors
from codesentinel.stats.slot_profile import slot_predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

WARM_UP = 240
"""Values from which is learned before the first is judged; no share of the length, which is the future."""

_DAY_SECONDS = 86400.0
_SLOT_SECONDS = 1800.0
_SLOTS = int(_DAY_SECONDS / _SLOT_SECONDS)
_WEEK_DAYS = 7
_DAYS_REMEMBERED = 7.0
_WEEKS_REMEMBERED = 2.0
_LEVEL = 0.1
_DISCOUNT = 0.005
_USUAL = 1 / 1000
_LAGS = np.array([1, 2, 3, 4, 6, 8, 12])


WAYS = (
    "order of magnitude",
    "level for the time of day",
    "distance from its best prediction",
    "course from value to value",
)
"""What each stream shows, in words."""


class Streams(NamedTuple):
    """``values`` has a row for each of :data:`WAYS`; ``daily`` is what the time of day let expect."""

    values: NDArray[np.float64]
    daily: NDArray[np.float64]


def streams(times: NDArray[np.float64], values: NDArray[np.float64]) -> Streams:
    """The streams of a series without missing values (``times`` in epoch seconds, not falling)."""
    per_slot = _values_per_slot(times)
    day = (times % _DAY_SECONDS // _SLOT_SECONDS).astype(np.int64)
    week = (times // _DAY_SECONDS % _WEEK_DAYS).astype(np.int64) * _SLOTS + day
    daily = slot_predictions(values, day, _SLOTS, 1 / (_DAYS_REMEMBERED * per_slot))
    weekly = slot_predictions(values, week, _SLOTS * _WEEK_DAYS, 1 / (_WEEKS_REMEMBERED * per_slot))
    level = ewma(values, _LEVEL)
    experts = np.stack((np.concatenate((level[:1], level[:-1])), daily, weekly))
    found = (
        in_usual_amounts(values, _USUAL),
        values - daily,
        values - followed(values, experts, _DISCOUNT),
        autoregression_errors(values, _LAGS),
    )
    return Streams(np.stack(found), daily)


def _values_per_slot(times: NDArray[np.float64]) -> float:
    """By the usual distance of the first values: that of all would look ahead."""
    steps = np.diff(times[:WARM_UP])
    cadence = float(np.median(steps)) if len(steps) else 0.0
    return max(1.0, _SLOT_SECONDS / cadence) if cadence > 0 else 1.0
