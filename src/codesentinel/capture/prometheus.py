"""Reading any server that speaks Prometheus' HTTP API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_json import answered, document
from codesentinel.capture.http_stream import Passing, Request, streamed
from codesentinel.model.alert_quality import AlertRule
from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import BadAnswer, BadQuery
from codesentinel.model.target import ActiveAlert, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.series import Series


_MOST_SERIES = 500_000  # each takes about a kilobyte, however few points it has


class PrometheusClient:
    """Asks one server once; :class:`~codesentinel.capture.history.HistoryReader` asks again and again.

    Every method raises Unreachable, BadAnswer or BadQuery, and nothing else.

    Args:
        base_url: without ``/api/v1``.
        timeout_seconds: for one answer.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float) -> None:
        self.base_url = base_url.rstrip("/")
        self.shown = self.base_url.rpartition("@")[2]
        self._timeout_seconds = timeout_seconds

    def instant(self, query: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of every series that ``query`` gives now."""
        rows = self._result(self._get("query", query=query), "vector", query)
        with self._shape(query):
            return [(dict(row["metric"]), float(row["value"][1])) for row in rows]

    def at(self, query: str, at: float) -> list[tuple[dict[str, str], float, float]]:
        """Labels, time and value of all series, or of the one number, that ``query`` gives at a time."""
        data = self._get("query", query=query, time=at)
        with self._shape(query):
            if data["resultType"] == "scalar":
                return [({}, float(data["result"][0]), float(data["result"][1]))]
            if data["resultType"] != "vector":
                raise BadQuery(
                    f"{query} gives a {data['resultType']}, not one value for each series",
                    hint="for the samples of a selector ask for a span: --since 5m --stored",
                )
        rows = self._result(data, "vector", query)
        with self._shape(query):
            return [(dict(row["metric"]), float(row["value"][0]), float(row["value"][1])) for row in rows]

    def samples(self, selector: str, window_seconds: float, *, at: float) -> list[Series]:
        """The stored samples of the ``window_seconds`` before ``at``, with their own timestamps.

        Staleness markers are not among them: no answer of Prometheus' query API holds them.
        """
        query = f"{selector}[{round(window_seconds * 1000)}ms]"
        return self._at_once("query", query=query, time=at)

    def range(self, query: str, start: float, end: float, step_seconds: float) -> list[Series]:
        """``query`` evaluated every ``step_seconds`` from ``start`` to ``end`` (epoch seconds)."""
        return self._at_once("query_range", query=query, start=start, end=end, step=step_seconds)

    def series(self, path: str, **parameters: str | float) -> Iterator[Series]:
        """The series of an answer as they arrive; only when the last was handed out is it known to be whole.

        Raises:
            Passing: asked again, it may go well.
        """
        from codesentinel.capture.matrix import matrix

        query = str(parameters["query"])
        request = Request(self.base_url, f"/api/v1/{path}", parameters, self._timeout_seconds, query)

        def framed(frame: bytes) -> list[Any]:
            try:
                answer = document(frame, request)
            except BadAnswer as exc:
                raise Passing(exc) if frame.startswith(b"{") else exc from exc  # cut short by a proxy
            return self._result(self._data(answer, request), "matrix", query)

        with streamed(request) as body, self._shape(query):
            for number, series in enumerate(matrix(body, framed)):
                if number == _MOST_SERIES:
                    raise BadAnswer(
                        request.told(f" answered with more than {_MOST_SERIES} series"),
                        hint="ask for fewer, by a narrower selector",
                    )
                yield series

    def alerts(self) -> list[ActiveAlert]:
        """Alerts that are pending or firing."""
        data = self._get("alerts")
        with self._shape("alerts"):
            return [
                ActiveAlert(
                    labels=dict(row["labels"]),
                    annotations=dict(row.get("annotations", {})),
                    state=str(row["state"]),
                    active_at=_time(row.get("activeAt")),
                )
                for row in data["alerts"]
            ]

    def alert_rules(self) -> list[AlertRule]:
        """The alerting rules that the server evaluates."""
        data = self._get("rules", type="alert")
        with self._shape("rules"):
            return [
                AlertRule(
                    name=str(rule["name"]),
                    severity=str(rule.get("labels", {}).get("severity", "")),
                    query=str(rule["query"]),
                    for_seconds=float(rule.get("duration", 0)),
                    keep_firing_seconds=float(rule.get("keepFiringFor", 0)),
                    interval_seconds=float(group["interval"]),
                )
                for group in data["groups"]
                for rule in group["rules"]
                if rule["type"] == "alerting"
            ]

    def targets(self) -> list[Target]:
        """What the server scrapes, and whether that works."""
        data = self._get("targets", state="active")
        with self._shape("targets"):
            return [
                Target(
                    job=str(row["labels"]["job"]),
                    instance=str(row["labels"]["instance"]),
                    health=str(row["health"]),
                    error=str(row.get("lastError", "")),
                    interval_seconds=parse_duration(row.get("scrapeInterval", "0")),
                )
                for row in data["activeTargets"]
            ]

    def _at_once(self, path: str, **parameters: str | float) -> list[Series]:
        try:
            return list(self.series(path, **parameters))
        except Passing as exc:
            raise exc.error from exc.__cause__

    def _get(self, path: str, **parameters: str | float) -> Any:
        query = str(parameters.get("query", ""))
        request = Request(self.base_url, f"/api/v1/{path}", parameters, self._timeout_seconds, query)
        return self._data(answered(request), request)

    def _data(self, answer: Any, request: Request) -> Any:
        """What a successful, whole answer holds."""
        with self._shape(request.query or request.path):
            if answer["status"] != "success":
                raise BadAnswer(request.told(f"{request.path} failed: {answer.get('error', 'no message')}"))
            if answer.get("isPartial"):
                raise BadAnswer(request.told(f"{request.path} answered with a part of the data only"))
            if answer.get("warnings"):
                said = "; ".join(str(warning) for warning in answer["warnings"])
                raise BadAnswer(request.told(f"{request.path} answered with a warning: {said}"))
            return answer["data"]

    def _result(self, data: Any, kind: str, query: str) -> list[Any]:
        with self._shape(query):
            if data["resultType"] != kind:
                raise BadAnswer(f"{self.shown} answered {query} with {data['resultType']}, not {kind}")
            return list(data["result"])

    def _shape(self, what: str) -> _Shape:
        return _Shape(self.shown, what)


class _Shape:
    """Within the block a missing or misplaced field means that the server does not speak the protocol."""

    def __init__(self, server: str, what: str) -> None:
        self._server = server
        self._what = what

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, KeyError | TypeError | ValueError | IndexError | AttributeError):
            raise BadAnswer(
                f"{self._server} answered {self._what} with JSON that is not Prometheus' API",
                hint="is this a Prometheus-compatible server?",
            ) from exc


def _time(text: str | None) -> datetime | None:
    """RFC 3339 with up to nine digits of a second, of which datetime takes six."""
    if not text:
        return None
    whole, dot, rest = text.partition(".")
    digits = rest.rstrip("Z")[:6] if dot else ""
    return datetime.fromisoformat(f"{whole.rstrip('Z')}{'.' + digits if digits else ''}+00:00")
