"""What a run does with each series: the same as the command without a run, on a part of them."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.operations.trends import anomalies, forecast
from codesentinel.operations.trends.feedback import Opinions, subject_of
from codesentinel.render.document import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codesentinel.analysis.trends.given import Given
    from codesentinel.operations.base import Context
    from codesentinel.operations.trends.asked import Window


class Done(NamedTuple):
    """The results of a part as JSON, one line a series, and how many of them could be judged."""

    lines: list[str]
    judged: int


class Kind(NamedTuple):
    """``work`` is done on what ``prepared`` makes of a part's series; ``milliseconds`` it takes for each."""

    work: Callable[[Any], Sequence[Any]]
    prepared: Callable[[list[Given]], Sequence[Any]]
    milliseconds: float


def window_of(
    what: str, parameters: Mapping[str, Any], since_seconds: float | None, step_seconds: float | None
) -> Window:
    """The history of a query that is judged."""
    if what == "forecast":
        return forecast.window_of(parameters["horizon_seconds"], since_seconds, step_seconds)
    return anomalies.window_of(since_seconds or anomalies.SINCE_SECONDS, step_seconds)


def kind_of(what: str, context: Context, asked: dict[str, Any]) -> Kind:
    """What is done for a question.

    Raises:
        UsageError: a parameter of it is out of range.
        NotInstalled: it needs an extra that is missing.
    """
    words, counter = asked["parameters"], asked["counter"]
    if what == "forecast":
        question = forecast.question_of(step_seconds=asked["step_seconds"], **words)
        return Kind(partial(forecast.forecast_part, question, counter), list, 10.0)
    anomalies.check_sensitivity(words["sensitivity"])
    said, query = Opinions(context), asked["query"]

    def with_opinions(given: list[Given]) -> list[tuple[Given, Any]]:
        rated = [one.by_rate("judged", counter=counter) for one in given]
        subjects = (subject_of(query, one.series) if query else "" for one in given)
        return list(zip(rated, map(said.of, subjects), strict=True))

    work = partial(anomalies.judge_part, words["sensitivity"], words["retrospective"])
    return Kind(work, with_opinions, 2.0)


def done_part(work: Callable[[Any], Sequence[Any]], part: tuple[int, Any]) -> tuple[int, Done]:
    """On a worker: a part's number, and its results."""
    number, given = part
    results = work(given)
    lines = [json.dumps(plain(one), separators=(",", ":"), allow_nan=False) for one in results]
    return number, Done(lines, sum(not one.reason for one in results))
