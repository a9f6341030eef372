"""A series made ready: at equal steps, its gaps filled, its seasons found; or why it could not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.trends.forecast.seasons import seasons
from codesentinel.stats.gaps import cadence
from codesentinel.stats.grid import filled, gridded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.model.series import Series

_FEWEST = 20
_LEAST_KNOWN = 0.5
_LARGEST = 1e100


class Ready(NamedTuple):
    """``values`` have no gaps; ``measured`` have them as NaN. ``times`` are of the steps, epoch seconds.

    ``horizon`` is in steps; ``lengths`` of the seasons likewise.
    """

    times: NDArray[np.float64]
    measured: NDArray[np.float64]
    values: NDArray[np.float64]
    step: float
    horizon: int
    lengths: tuple[int, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where something was measured."""
        there: NDArray[np.bool_] = np.isfinite(self.measured)
        return there

    @property
    def ahead(self) -> NDArray[np.float64]:
        """The times of the steps to come."""
        found: NDArray[np.float64] = self.times[-1] + self.step * np.arange(1.0, self.horizon + 1)
        return found

    @property
    def is_constant(self) -> bool:
        """Whether nothing ever changed."""
        return bool(np.ptp(self.values) == 0)


def made_ready(series: Series, horizon_seconds: float, step_seconds: float) -> Ready | str:
    """The series at every ``step_seconds`` (0 for the usual distance of its samples), or the reason."""
    good = np.isfinite(series.values)
    step = step_seconds or cadence(np.unique(series.times[good]))
    if not step > 0:
        return "it has fewer than two samples"
    if np.abs(series.values[good]).max(initial=0.0) > _LARGEST:
        return f"it has values beyond {_LARGEST:g}"
    try:
        grid = gridded(series.times, series.values, step)
    except ValueError as exc:
        return str(exc)
    measured, horizon = grid.values, max(round(horizon_seconds / step), 1)
    reason = _too_little(np.isfinite(measured), horizon)
    if reason:
        return reason
    values = filled(measured)
    lengths = seasons(values, step) if np.ptp(values) else ()
    values = filled(measured, lengths[0] if lengths else 0)
    times = grid.start + step * np.arange(float(len(measured)))
    return Ready(times, measured, values, step, horizon, lengths)


def _too_little(known: NDArray[np.bool_], horizon: int) -> str:
    least = 2 * horizon + _FEWEST
    if len(known) < least:
        return f"{len(known)} steps of history are too few for {horizon} steps ahead, which need {least}"
    if known.mean() < _LEAST_KNOWN:
        return f"only {known.sum()} of {len(known)} steps have a sample"
    return ""
