"""Asking a server what checks of dashboards and rules need to know, query by query."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_json import get_json
from codesentinel.model.errors import BadAnswer, Unreachable
from codesentinel.model.facts import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Iterable

_API = "/api/v1"
_POINTS = 200
_SHOWN_CHARACTERS = 200


class FactFinder:
    """Asks one server, each question once.

    Args:
        base_url: without ``/api/v1``.
        timeout_seconds: for one answer.
        now: the end of every time range, in epoch seconds.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float, now: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._now = now
        self._answers: dict[Question, Answer] = {}
        self._values: dict[tuple[str, str, float], tuple[str, ...]] = {}

    def metrics(self) -> frozenset[str]:
        """The names of all metrics that the server knows.

        Raises:
            Unreachable: nobody answers.
            BadAnswer: it is no server of this kind.
        """
        return frozenset(_names(self._get("label/__name__/values", {})))

    def labels(self) -> frozenset[str]:
        """The names of all labels; none where the server does not tell."""
        try:
            return frozenset(_names(self._get("labels", {})))
        except BadAnswer:
            return frozenset()

    def types(self) -> dict[str, str]:
        """What exporters declare each metric to be; one that they disagree about is left out."""
        try:
            data = self._get("metadata", {})
            return {
                name: kinds.pop()
                for name, entries in data.items()
                if len(kinds := {str(entry["type"]) for entry in entries}) == 1
            }
        except (BadAnswer, AttributeError, KeyError, TypeError):
            return {}

    def label_values(self, label: str, selector: str, range_seconds: float) -> tuple[str, ...]:
        """The values of a label among the series that a selector takes; none where the server says no."""
        key = (label, selector, range_seconds)
        if key not in self._values:
            parameters: dict[str, str | float] = {"start": self._now - range_seconds, "end": self._now}
            if selector:
                parameters["match[]"] = selector
            path = f"label/{label}/values" if label else "labels"
            try:
                self._values[key] = tuple(sorted(_names(self._get(path, parameters))))
            except BadAnswer:
                self._values[key] = ()
        return self._values[key]

    def result_texts(self, query: str) -> tuple[str, ...]:
        """Each series of an instant query as Grafana's ``query_result`` writes it."""
        try:
            rows = self._get("query", {"query": query, "time": self._now})["result"]
            return tuple(_written(row) for row in rows)
        except (BadAnswer, KeyError, TypeError, IndexError, AttributeError):
            return ()

    def ask(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """The answer to each question.

        Raises:
            Unreachable: the server has gone; one query that takes too long is an answer.
        """
        return {question: self._asked(question) for question in dict.fromkeys(questions)}

    def _asked(self, question: Question) -> Answer:
        if question not in self._answers:
            began = time.perf_counter()
            try:
                answer = _summed_up(self._result(question), time.perf_counter() - began)
            except BadAnswer as exc:
                answer = Answer(error=exc.message[:_SHOWN_CHARACTERS])
            except Unreachable as exc:
                self.metrics()  # raises when it is the server that is gone, rather than this query too slow
                answer = Answer(error=exc.message[:_SHOWN_CHARACTERS], seconds=time.perf_counter() - began)
            self._answers[question] = answer
        return self._answers[question]

    def _result(self, question: Question) -> list[Any]:
        if not question.range_seconds:
            data = self._get("query", {"query": question.query, "time": self._now})
        else:
            parameters: dict[str, str | float] = {
                "query": question.query,
                "start": self._now - question.range_seconds,
                "end": self._now,
                "step": max(question.range_seconds / _POINTS, 1),
                "nocache": 1,  # VictoriaMetrics else moves the ends to multiples of the step, away from now
            }
            data = self._get("query_range", parameters)
        try:
            kind, result = data["resultType"], data["result"]
        except (KeyError, TypeError) as exc:
            raise BadAnswer(f"{question.query} was answered with JSON that is not Prometheus' API") from exc
        return [{"metric": {}, "value": result}] if kind in ("scalar", "string") else list(result)

    def _get(self, path: str, parameters: dict[str, str | float]) -> Any:
        document = get_json(
            self._base_url, f"{_API}/{path}", parameters, timeout_seconds=self._timeout_seconds
        )
        if not isinstance(document, dict) or document.get("status") != "success":
            raise BadAnswer(
                f"{_API}/{path} was answered with JSON that is not Prometheus' API",
                hint="is this a Prometheus-compatible server?",
            )
        return document.get("data")


def _names(data: Any) -> list[str]:
    if not isinstance(data, list):
        raise BadAnswer("a list of names was asked for, and something else was answered")
    return [name for name in data if isinstance(name, str)]


def _summed_up(rows: list[Any], seconds: float) -> Answer:
    points = numbers = 0
    labels: set[str] = set()
    try:
        for row in rows:
            labels.update(row["metric"])
            values = row["values"] if "values" in row else [row["value"]] if "value" in row else []
            points += len(values) or len(row.get("histograms") or row.get("histogram") or ())
            numbers += sum(not math.isnan(float(value[1])) for value in values)
            numbers += 1 if "histogram" in row or "histograms" in row else 0
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as exc:
        raise BadAnswer("the result is not of the form of Prometheus' API") from exc
    return Answer("", len(rows), points, numbers, frozenset(labels), seconds)


def _written(row: Any) -> str:
    labels = {k: v for k, v in row["metric"].items() if k != "__name__"}
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return (
        f"{row['metric'].get('__name__', '')}{{{inside}}} {row['value'][1]} {round(row['value'][0] * 1000)}"
    )
