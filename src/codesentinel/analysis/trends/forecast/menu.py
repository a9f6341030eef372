"""The methods that compete for a series: which of them suit its length and its seasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.autoregression import Form, aligned, fitted, rolled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from codesentinel.analysis.trends.forecast.backtest import Origins

_ROWS_A_LAG = 3
_RECENT = 24


def forms(season: int, week: int) -> dict[str, Form]:
    """Autoregressions by name, the farthest-reaching first; ``season`` and ``week`` in steps, or 0.

    Their lags were chosen on the training part of M4's hourly series, its last 48 values held back.
    """
    p, w = season, week
    if not p:
        near = tuple(range(1, 9))
        return {"autoregression": Form(near), "autoregression of changes": Form(near[:4], 1)}
    if not w:
        few = _lags(1, 2, 3, p - 1, p, p + 1, 2 * p - 1, 2 * p, 2 * p + 1)
        return {
            "autoregression": Form(few),
            "dense autoregression": Form(_lags(*range(1, 9), *range(p - 6, p + 8))),
            "autoregression of changes": Form(few, 1),
            "autoregression of seasonal changes": Form(_lags(1, 2, 3, p, p + 1), p),
            "short autoregression": Form(_lags(1, 2, 3, p)),
        }
    days = range(3 * p, 6 * p, p)
    few = _lags(
        *(1, 2, 3, p - 1, p, p + 1, 2 * p - 1, 2 * p, 2 * p + 1, *days, 6 * p - 1, 6 * p, 6 * p + 1),
        *(w - 1, w, w + 1, w + 2, w + p),
    )
    seasonal = _lags(1, 2, 3, p, p + 1, 2 * p, *days, 6 * p, 6 * p + 1, w)
    return {
        "autoregression": Form(few),
        "dense autoregression": Form(_lags(*range(1, 9), *range(p - 2, p + 3), *range(w - 6, w + 8))),
        "autoregression of changes": Form(few, 1),
        "autoregression of seasonal changes": Form(seasonal, p),
    }


def _lags(*lags: int) -> tuple[int, ...]:
    return tuple(sorted({lag for lag in lags if lag > 0}))


def fitting(known: Mapping[str, Form], length: int, horizon: int) -> dict[str, Form]:
    """Those for which a history of this length holds enough to learn from and to be tried on."""
    spare = length - 2 * horizon
    return {name: one for name, one in known.items() if spare >= one.reach + _ROWS_A_LAG * len(one.lags) + 10}


def autoregressions(
    values: NDArray[np.float64], known: NDArray[np.bool_], chosen: Mapping[str, Form], origins: Origins
) -> NDArray[np.float64]:
    """Their forecasts, shape (forms, origins, horizon)."""
    found = aligned([fitted(values, known, form, origins.held_back) for form in chosen.values()])
    return rolled(values, found[:, origins.group], origins.places, origins.horizon)


def simple(
    values: NDArray[np.float64], origins: Origins, lengths: tuple[int, ...]
) -> dict[str, NDArray[np.float64]]:
    """What needs no fit: the last season again, the last value, the mean drift, the level."""
    places, ahead = origins.places, np.arange(origins.horizon)
    last = values[places - 1][:, None]
    found = {
        f"season of {length}": values[places[:, None] - length + ahead % length]
        for length in lengths
        if places[0] >= length
    }
    slope = (last - values[0]) / np.maximum(places - 1, 1)[:, None]
    found["last value"] = np.repeat(last, origins.horizon, axis=1)
    found["drift"] = last + slope * (ahead + 1)
    sums = np.cumsum(np.append(0.0, values))
    width = np.minimum(places, _RECENT)
    level = (sums[places] - sums[places - width]) / width
    found["level"] = np.repeat(level[:, None], origins.horizon, axis=1)
    return found
