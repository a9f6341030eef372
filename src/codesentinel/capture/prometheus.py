"""Reading any server that speaks Prometheus' HTTP API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_json import get_json
from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import BadAnswer
from codesentinel.model.target import ActiveAlert, Target

if TYPE_CHECKING:
    from codesentinel.model.series import Series


class PrometheusClient:
    """Asks one server; every method raises Unreachable or BadAnswer, and nothing else.

    Args:
        base_url: without ``/api/v1``.
        timeout_seconds: for one answer.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float) -> None:
        self.base_url = base_url.rstrip("/")
        self._shown = self.base_url.rpartition("@")[2]
        self._timeout_seconds = timeout_seconds

    def instant(self, query: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of every series that ``query`` gives now."""
        rows = self._result(self._get("query", query=query), "vector", query)
        with self._shape(query):
            return [(dict(row["metric"]), float(row["value"][1])) for row in rows]

    def samples(self, selector: str, window_seconds: float, *, at: float) -> list[Series]:
        """The stored samples of the ``window_seconds`` before ``at``, with their own timestamps."""
        query = f"{selector}[{round(window_seconds * 1000)}ms]"
        return self._series(self._get("query", query=query, time=at), query)

    def range(self, query: str, start: float, end: float, step_seconds: float) -> list[Series]:
        """``query`` evaluated every ``step_seconds`` from ``start`` to ``end`` (epoch seconds)."""
        answer = self._get("query_range", query=query, start=start, end=end, step=step_seconds)
        return self._series(answer, query)

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

    def _get(self, path: str, **parameters: str | float) -> Any:
        path = f"/api/v1/{path}"
        document = get_json(self.base_url, path, parameters, timeout_seconds=self._timeout_seconds)
        with self._shape(path):
            if document["status"] != "success":
                raise BadAnswer(f"{self._shown}{path} failed: {document.get('error', 'no message')}")
            if document.get("isPartial"):
                raise BadAnswer(f"{self._shown}{path} answered with a part of the data only")
            return document["data"]

    def _result(self, data: Any, kind: str, query: str) -> list[Any]:
        with self._shape(query):
            if data["resultType"] != kind:
                raise BadAnswer(f"{self._shown} answered {query} with {data['resultType']}, not {kind}")
            return list(data["result"])

    def _series(self, data: Any, query: str) -> list[Series]:
        import numpy as np

        from codesentinel.model.series import Series

        rows = self._result(data, "matrix", query)
        with self._shape(query):
            found = []
            for row in rows:
                points = np.array(row["values"], dtype=np.float64).reshape(-1, 2)
                found.append(Series(dict(row["metric"]), points[:, 0].copy(), points[:, 1].copy()))
            return found

    def _shape(self, what: str) -> _Shape:
        return _Shape(self._shown, what)


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
