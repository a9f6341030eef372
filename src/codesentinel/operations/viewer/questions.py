"""What a browser may ask the servers: reading questions of Prometheus' API, by a list of what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.http_relay import Relay
from codesentinel.capture.http_relay import Relayed as Answer
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import CodesentinelError, Refused
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.operations.base import Context

__all__ = ["Answer", "DataSource", "Questions"]

LARGEST_BYTES = 64 * 1024 * 1024
_USUAL_SCRAPE_SECONDS = 15.0
_NAMES = {"prometheus": "Prometheus", "history": "Long history"}

_SPAN = {"start", "end", "limit"}
_ALLOWED: dict[str, frozenset[str]] = {
    "query": frozenset({"query", "time", "limit"}),
    "query_range": frozenset({"query", "step"} | _SPAN),
    "labels": frozenset({"match[]"} | _SPAN),
    "series": frozenset({"match[]"} | _SPAN),
    "rules": frozenset({"type"}),
    "alerts": frozenset(),
    "metadata": frozenset({"metric", "limit"}),
}
_VALUES_OF_A_LABEL = re.compile(r"label/[a-zA-Z_][a-zA-Z0-9_]*/values")


class DataSource(NamedTuple):
    """A server as dashboards choose it."""

    uid: str
    name: str
    is_default: bool
    scrape_seconds: float

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "uid": self.uid,
            "name": self.name,
            "isDefault": self.is_default,
            "scrapeSeconds": self.scrape_seconds,
        }


class Questions:
    """Hands questions on to the configured servers, and to no other.

    Which they are is looked up for each question: a stack that is started anew may have moved.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._relays: dict[str, Relay] = {}

    def sources(self) -> list[DataSource]:
        """The servers; Prometheus first. How often it scrapes is what it says itself."""
        seconds = self._scrape_seconds()
        return [DataSource(uid, _NAMES[uid], uid == "prometheus", seconds) for uid in self._servers()]

    def ask(self, uid: str, path: str, parameters: Sequence[tuple[str, str]], *, gzip: bool) -> Answer:
        """The answer of one server to ``/api/v1/<path>``.

        Raises:
            Refused: no such server, or a question that is not on the list.
            Unreachable, BadAnswer: as :meth:`Relay.get`.
        """
        url = self._servers().get(uid)
        if url is None:
            raise Refused(f"no such data source: {uid[:60]}")
        allowed = _SPAN | {"match[]"} if _VALUES_OF_A_LABEL.fullmatch(path) else _ALLOWED.get(path)
        if allowed is None:
            raise Refused("this question is not on the list of those that are handed on")
        unknown = sorted({name for name, _ in parameters} - allowed)
        if unknown:
            raise Refused(f"no parameter of this question: {', '.join(unknown)[:100]}")
        return self._relay(url).get(f"/api/v1/{path}", parameters, gzip=gzip)

    def notified(self, *, gzip: bool) -> Answer:
        """The alerts that Alertmanager holds, with whom it tells and what silences them."""
        return self._relay(endpoints(self._context).alertmanager).get("/api/v2/alerts", [], gzip=gzip)

    def close(self) -> None:
        """Let the connections go."""
        for relay in self._relays.values():
            relay.close()

    def _servers(self) -> dict[str, str]:
        """The base URL of every server that dashboards may choose."""
        servers = endpoints(self._context)
        if servers.history == servers.prometheus:
            return {"prometheus": servers.prometheus}
        return {"prometheus": servers.prometheus, "history": servers.history}

    def _relay(self, url: str) -> Relay:
        if url not in self._relays:
            timeout = self._context.settings.sources.timeout_seconds
            self._relays[url] = Relay(url, timeout_seconds=timeout, largest_bytes=LARGEST_BYTES)
        return self._relays[url]

    def _scrape_seconds(self) -> float:
        url = endpoints(self._context).prometheus
        try:
            targets = PrometheusClient(url, timeout_seconds=2.0).targets()
        except CodesentinelError:
            return _USUAL_SCRAPE_SECONDS
        intervals = sorted(t.interval_seconds for t in targets if t.interval_seconds)
        return intervals[len(intervals) // 2] if intervals else _USUAL_SCRAPE_SECONDS
