"""Forecasts as a picture: the end of the history, the forecast, and its interval."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from codesentinel.render.ascii import escaped
from codesentinel.render.query_text import selector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from codesentinel.model.forecast import Forecast, Forecasts

_MOST = 12
_HORIZONS = 4
_WIDTH, _HEIGHT = 9.0, 2.6


def picture(done: Forecasts, kind: str) -> bytes:
    """``kind`` is ``png`` or ``svg``; one panel for each series, the first twelve of them."""
    shown = [one for one in done.series if not one.reason][:_MOST]
    figure = Figure(figsize=(_WIDTH, _HEIGHT * len(shown)), layout="constrained")
    for panel, one in zip(np.atleast_1d(figure.subplots(len(shown))), shown, strict=True):
        _draw(panel, one)
    left_out = done.judged - len(shown)
    if left_out:
        figure.supxlabel(f"{left_out} more series are not shown", fontsize="small")
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else None
    figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def _draw(panel: Axes, one: Forecast) -> None:
    times, values = one.history
    recent = times >= times[-1] - _HORIZONS * one.horizon_seconds
    panel.plot(_moments(times[recent]), values[recent], color="#444444", linewidth=1)
    ahead = _moments(one.times)
    panel.fill_between(ahead, one.lower, one.upper, color="#1f77b4", alpha=0.25, linewidth=0)
    panel.plot(ahead, one.mean, color="#1f77b4", linewidth=1.5)
    title = escaped(selector(one.labels), 100).replace("$", r"\$")
    panel.set_title(f"{title}  ({one.level:.0%} interval)", fontsize="small", loc="left")
    panel.tick_params(labelsize="x-small")
    panel.grid(visible=True, alpha=0.3)


def _moments(times: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """In UTC."""
    return (times * 1000).round().astype("datetime64[ms]")
