"""Windows of the past that are forecast as if they were still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ORIGINS = 30
_GROUPS = 10
_FEWEST = 8


class Origins(NamedTuple):
    """Places at which forecasts begin, the last of them the end of the history.

    ``held_back`` are stretches ``[start, stop)``; the forecast from ``places[i]`` is made without having
    learnt from the stretch ``group[i]``. That of the end, the last group, is made from all.
    """

    places: NDArray[np.intp]
    group: NDArray[np.intp]
    held_back: list[tuple[int, int]]
    horizon: int

    def steps(self, slots: int) -> NDArray[np.intp]:
        """Which slot of a season each step of each forecast falls in, shape (origins, horizon)."""
        return (self.places[:, None] + np.arange(self.horizon)) % slots


def origins(length: int, horizon: int, reach: int) -> Origins | None:
    """As many as 30, as far apart as the history allows; None where it has no room for 8 of them.

    Each needs ``reach`` values before and ``horizon`` after it.
    """
    room = length - horizon - reach
    if room < _FEWEST:
        return None
    count = min(_ORIGINS, room)
    apart = max((room - room // 20) // count, 1)
    tried = length - horizon - apart * np.arange(count)[::-1]
    groups = min(_GROUPS, count // 3)
    group = np.arange(count) * groups // count
    held_back = [(int(tried[group == g][0]), int(tried[group == g][-1]) + horizon) for g in range(groups)]
    return Origins(np.append(tried, length), np.append(group, groups), held_back, horizon)


def weights(errors: NDArray[np.float64], power: float = 4.0) -> NDArray[np.float64]:
    """The say of each method: 1 / error^4, where errors are mean absolute ones; they sum to 1.

    The power was chosen on the training part of M4's hourly series: with 2, poor methods have too much say.

    Args:
        errors: shape (methods, origins, horizon), NaN where nothing was measured.
        power: how much a smaller error counts.
    """
    size = np.nanmean(np.abs(errors), axis=(1, 2))
    best = float(size.min())
    say = (best / size) ** power if best > 0 else (size <= 0).astype(float)
    shares: NDArray[np.float64] = say / say.sum()
    return shares
