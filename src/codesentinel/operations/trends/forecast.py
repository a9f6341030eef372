"""``trends forecast``: what series will be, with an interval that held on their own past."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from codesentinel.model.errors import NotInstalled, UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.engines.place import Place, engine_at, parts_of
from codesentinel.operations.history import needs_arrays
from codesentinel.operations.query import default_step
from codesentinel.operations.trends.asked import Window, asked, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.analysis.trends.forecast.judge import Question
    from codesentinel.analysis.trends.given import Given
    from codesentinel.model.forecast import Forecast, Forecasts

HORIZON_SECONDS = 86400.0
LEVEL = 0.95
BUDGET_SECONDS = 1.0
_SINCE_SECONDS = 21 * 86400.0
_HORIZONS = 8
_STEPS = 100
TOGETHER = 20
_USUAL_MS = 10.0


@operation("trends.forecast", metadata=lambda done: {"judged": done.judged})
def forecast(
    context: Context,
    query: str = "",
    *,
    input_path: str = "",
    horizon_seconds: float = HORIZON_SECONDS,
    step_seconds: float | None = None,
    since_seconds: float | None = None,
    level: float = LEVEL,
    model: str = "auto",
    budget_seconds: float = BUDGET_SECONDS,
    counter: bool = False,
    engine: str = "local",
    workers: int = 0,
    engine_address: str = "",
    output: str = "",
    overwrite: bool = False,
    write_back: bool = False,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Forecasts:
    """Forecast series, each by the methods that did best on its own past.

    The series are those of ``query`` over the last ``since_seconds`` (by default three weeks, or eight
    horizons), or of a CSV file. Counters are forecast by their rate: those named like one, and with
    ``counter`` all. ``engine`` says where: on all cores of this machine (``local``), or on a cluster of
    ``dask``, ``ray`` or ``spark``, that at ``engine_address`` or one of ``workers`` here. ``output`` writes
    a file (.csv, .parquet, .png, .svg); ``write_back`` writes the series ``codesentinel_forecast`` into the
    long history, at times to come.

    Raises:
        UsageError: neither a query nor a file is given, or both; a parameter is out of range.
        BadQuery: the server does not understand the query.
        NoData: there is nothing.
        Unreachable, BadAnswer, NotInstalled, Refused, Failed: it could not be read, or not be written, or
            the engine failed.
    """
    one_of(query, input_path)
    place = Place(engine, workers, engine_address)
    place.check()
    with needs_arrays():
        from codesentinel.model.forecast import Forecasts
        from codesentinel.operations.trends import forecast_out

        window = window_of(horizon_seconds, since_seconds, step_seconds)
        step = step_seconds if input_path else window.step_seconds
        question = question_of(horizon_seconds, level, step, model, budget_seconds)
    if output:
        forecast_out.check(output, overwrite=overwrite)
    source, given, _ = asked(context, query, input_path, window, url=url, progress=progress)
    done = Forecasts(
        source, tuple(forecast_all(given, question, counter=counter, place=place, progress=progress))
    )
    if output:
        forecast_out.write(done, output, overwrite=overwrite)
        done = replace(done, output=output)
    if write_back:
        done = replace(
            done, written_samples=forecast_out.write_back(context, done, url or endpoints(context).history)
        )
    return done


def forecast_all(
    given: Sequence[Given],
    question: Question,
    *,
    counter: bool = False,
    place: Place = Place(),  # noqa: B008 - a constant
    progress: Callable[[float, int], None] | None = None,
) -> list[Forecast]:
    """The forecasts in the order of the series (each with its notes), made on all cores where that helps."""
    each = _USUAL_MS if question.classical is None else 1000 * question.classical.budget_seconds
    done: list[Forecast] = []
    with engine_at(place, series=len(given), milliseconds_each=each) as engine:
        for part in engine.map(partial(forecast_part, question, counter), parts_of(given, TOGETHER)):
            done += part
            if progress:
                progress(len(done) / len(given), len(done))
    return done


def forecast_part(question: Question, counter: bool, part: Sequence[Given]) -> list[Forecast]:
    """Of some series, on a worker."""
    from codesentinel.analysis.trends.forecast.judge import forecast as forecast_one

    rated = [one.by_rate("forecast", counter=counter) for one in part]
    return [forecast_one(one.series, question, one.notes) for one in rated]


def window_of(horizon_seconds: float, since_seconds: float | None, step_seconds: float | None) -> Window:
    """The history that a forecast so far ahead rests on."""
    since = since_seconds or max(_SINCE_SECONDS, _HORIZONS * horizon_seconds)
    return Window(since, step_seconds or default_step(max(horizon_seconds, 1.0), _STEPS))


def question_of(
    horizon_seconds: float, level: float, step_seconds: float | None, model: str, budget_seconds: float
) -> Question:
    """With the classical models where they are installed and may be needed.

    Raises:
        UsageError: there is no such model, or a number is out of range.
        NotInstalled: it was asked for by name, and is not there.
    """
    from importlib.util import find_spec

    from codesentinel.analysis.trends.forecast.classical import NAMES, Classical
    from codesentinel.analysis.trends.forecast.judge import MODELS, Question

    if not 0.5 <= level <= 0.995:
        raise UsageError(f"a level of {level:g} makes no sense", hint="0.5 to 0.995; 0.95 is usual")
    if not horizon_seconds > 0 or (step_seconds is not None and not step_seconds > 0):
        raise UsageError("the horizon and the step have to be longer than nothing", hint="--horizon 24h")
    if model not in MODELS:
        raise UsageError(f"no such model: {model}", hint=f"one of {', '.join(MODELS)}")
    classical = None
    if model in (*NAMES, "auto") and budget_seconds > 0:
        if find_spec("statsforecast"):
            names = NAMES if model == "auto" else (model,)
            classical = Classical(names, budget_seconds, time.monotonic)
        elif model != "auto":
            raise NotInstalled(f"{model} needs statsforecast", hint="pip install 'codesentinel[models]'")
    return Question(horizon_seconds, level, step_seconds or 0.0, model, classical)
