"""Exponential smoothing, ARIMA and Theta as statsforecast has them, for series without a season.

Each is fitted to what lies before the first origin, carried on to the others as it is, and fitted anew at the
end: thirty fits of an ARIMA would take longer than anybody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from codesentinel.analysis.trends.forecast.backtest import Origins

NAMES = ("ets", "theta", "arima")
"""In the order in which they are tried: the quick ones first."""

_LONGEST = 500


class Classical(NamedTuple):
    """Tries ``names`` in turn; none is begun after ``budget_seconds`` by ``clock``.

    One that fails on a series, as ARIMA may, has no say there.
    """

    names: tuple[str, ...]
    budget_seconds: float
    clock: Callable[[], float]

    def __call__(
        self, values: NDArray[np.float64], origins: Origins, lengths: tuple[int, ...]
    ) -> dict[str, NDArray[np.float64]]:
        """The forecasts from each origin, by name."""
        _model(self.names[0], 1)  # loading the library takes seconds, once, and is nobody's fault
        end = self.clock() + self.budget_seconds
        found = {}
        for name in self.names:
            if self.clock() >= end:
                break
            said = _said(name, values, origins, (*lengths, 1)[0])
            if said is not None and np.isfinite(said).all():
                found[name] = said
        return found


def _said(
    name: str, values: NDArray[np.float64], origins: Origins, season: int
) -> NDArray[np.float64] | None:
    first, *later, end = (values[max(0, place - _LONGEST) : place] for place in origins.places)
    h = origins.horizon
    try:
        with np.errstate(all="ignore"):
            early = _model(name, season).fit(first)
            rows = [early.predict(h)["mean"], *(early.forward(one, h)["mean"] for one in later)]
            rows.append(_model(name, season).fit(end).predict(h)["mean"])
    except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError):
        return None
    return np.array(rows, dtype=np.float64)


def _model(name: str, season: int) -> Any:
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

    kinds = {"ets": AutoETS, "arima": AutoARIMA, "theta": AutoTheta}
    return kinds[name](season_length=season)
