"""One series: tried on its own past, forecast, and given an interval that held there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.trends.forecast import menu
from codesentinel.analysis.trends.forecast.backtest import Origins, origins, weights
from codesentinel.analysis.trends.forecast.ready import Ready, made_ready
from codesentinel.model.forecast import Forecast
from codesentinel.stats.conformal import held, reaches
from codesentinel.stats.log_scale import scale_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.trends.forecast.classical import Classical
    from codesentinel.model.series import Series
    from codesentinel.stats.autoregression import Form

MODELS = ("auto", "seasonal-naive", "linear", "autoregression", "ets", "arima", "theta")
_CLASSICAL = ("ets", "arima", "theta")
_NAMED = 0.05


class Question(NamedTuple):
    """What is asked of every series.

    Attributes:
        horizon_seconds: how far ahead.
        level: share of what comes that the interval should hold.
        step_seconds: between two values; 0 for the usual distance of the samples.
        model: one of ``MODELS``.
        classical: tried where it is asked for, and on series without a season; None for never.
    """

    horizon_seconds: float
    level: float = 0.95
    step_seconds: float = 0.0
    model: str = "auto"
    classical: Classical | None = None


class _Trials(NamedTuple):
    """What each method said, on the scale, from each origin, shape (methods, origins, horizon)."""

    names: list[str]
    forecasts: NDArray[np.float64]
    naive: NDArray[np.float64]
    origins: Origins


def forecast(series: Series, question: Question, notes: tuple[str, ...] = ()) -> Forecast:
    """The forecast, or why there is none."""
    ready = made_ready(series, question.horizon_seconds, question.step_seconds)
    if isinstance(ready, str):
        return _none(series, question, ready, notes)
    missing = int((~ready.known).sum())
    if missing:
        notes = (*notes, f"{missing} of {len(ready.values)} steps had no sample, and were filled in")
    if ready.is_constant:
        notes = (*notes, "it never changed: the interval has no width, and says nothing of a change")
        flat = np.full(ready.horizon, ready.values[0])
        made = _made(series, question, ready, (flat, flat, flat), ("constant", 0.0, 0.0))
        return replace(made, notes=notes)
    scale = scale_of(ready.values)
    values = scale.there(ready.values)
    trials = _tried(values, ready, question)
    if trials is None:
        return _none(series, question, f"{question.model} cannot be tried on {len(values)} steps", notes)
    windows = trials.origins.places[:-1, None] + np.arange(ready.horizon)
    truth = np.where(ready.known, values, np.nan)[windows]
    say = weights(truth - trials.forecasts[:, :-1])
    together = np.tensordot(say, trials.forecasts, 1)
    slots = trials.origins.steps(max(ready.lengths[:1], default=1))
    errors = truth - together[:-1]
    reach = reaches(errors, slots[:-1], slots[-1], question.level)
    kept = held(errors, slots[:-1], trials.origins.places[:-1], question.level)
    actual = ready.measured[windows]
    found = tuple(scale.back(together[-1] + off) for off in (0.0 * reach, -reach, reach))
    error, naive = (
        float(np.nanmean(np.abs(actual - scale.back(one[:-1])))) for one in (together, trials.naive)
    )
    by = _named(trials.names, say), error, naive
    return replace(_made(series, question, ready, found, by), notes=notes, backtest_coverage=kept)


def _tried(values: NDArray[np.float64], ready: Ready, question: Question) -> _Trials | None:
    """Every method of the menu that the question allows, on the same origins."""
    model, horizon = question.model, ready.horizon
    season, week = (*ready.lengths, 0, 0)[:2]
    chosen: dict[str, Form] = {}
    if model in ("auto", "autoregression"):
        known_forms = (menu.forms(season, week), menu.forms(season, 0), menu.forms(0, 0))
        fitting = (menu.fitting(forms, len(values), horizon) for forms in known_forms)
        chosen = next((one for one in fitting if one), {})
    reach = max([4, min(season, len(values) // 3), *(one.reach for one in chosen.values())])
    tried = origins(len(values), horizon, reach)
    if tried is None:
        return None
    plain = menu.simple(values, tried, ready.lengths)
    said = {name: one for name, one in plain.items() if _is_allowed(name, model)}
    if question.classical and (model in _CLASSICAL or (model == "auto" and not ready.lengths)):
        said |= question.classical(values, tried, ready.lengths)
    if chosen:
        found = menu.autoregressions(values, ready.known, chosen, tried)
        said |= dict(zip(chosen, found, strict=True))
    if not said:
        return None
    return _Trials(list(said), np.stack(list(said.values())), next(iter(plain.values())), tried)


def _is_allowed(name: str, model: str) -> bool:
    if model == "seasonal-naive":
        return name.startswith("season of") or name == "last value"
    return model == "auto" or (model == "linear" and name == "drift")


def _named(names: list[str], say: NDArray[np.float64]) -> str:
    """The methods with a say, the loudest first: ``autoregression 62%, season of 24 38%``."""
    order = np.argsort(-say, kind="stable")
    parts = [f"{names[at]} {say[at]:.0%}" for at in order if say[at] >= _NAMED]
    return ", ".join(parts) or names[int(order[0])]


def _made(
    series: Series,
    question: Question,
    ready: Ready,
    found: tuple[NDArray[np.float64], ...],
    by: tuple[str, float, float],
) -> Forecast:
    model, error, naive = by
    mean, lower, upper = found
    return Forecast(
        labels=series.labels,
        times=ready.ahead,
        mean=mean,
        lower=lower,
        upper=upper,
        level=question.level,
        step_seconds=ready.step,
        model=model,
        season_seconds=tuple(ready.step * length for length in ready.lengths),
        history=(ready.times, ready.measured),
        backtest_error=error,
        naive_error=naive,
    )


def _none(series: Series, question: Question, reason: str, notes: tuple[str, ...]) -> Forecast:
    none = np.empty(0)
    return Forecast(
        labels=series.labels,
        times=none,
        mean=none,
        lower=none,
        upper=none,
        level=question.level,
        step_seconds=question.step_seconds,
        model="",
        season_seconds=(),
        history=(none, none),
        reason=reason,
        notes=notes,
    )
