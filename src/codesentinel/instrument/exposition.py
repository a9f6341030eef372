"""``/metrics``: what was counted, in the format the scraper asks for."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder

from codesentinel.instrument import multiprocess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from codesentinel.instrument.interfaces import (
        AsgiApp,
        Environ,
        Receive,
        Scope,
        Send,
        StartResponse,
        WsgiApp,
    )

_NOT_ALLOWED = b"only GET and HEAD are answered here\n"


def metrics_app(registry: CollectorRegistry | None = None) -> AsgiApp:
    """An ASGI application that answers with the registry's metrics; give it a route of its own.

    Where ``PROMETHEUS_MULTIPROC_DIR`` is set it shows the sums over all processes, whatever the registry.
    """
    return _MetricsApp(registry or REGISTRY)


def metrics_wsgi_app(registry: CollectorRegistry | None = None) -> WsgiApp:
    """As :func:`metrics_app`, for WSGI."""
    shown = registry or REGISTRY

    def answer(environ: Environ, start_response: StartResponse) -> list[bytes]:
        status, headers, body = _answer(shown, environ["REQUEST_METHOD"], environ.get("HTTP_ACCEPT", ""))
        start_response("200 OK" if status == 200 else "405 Method Not Allowed", headers)
        return [body]

    return answer


def exposition(registry: CollectorRegistry | multiprocess.Summed, accept: str = "") -> tuple[bytes, str]:
    """The metrics and their content type: OpenMetrics for who accepts it, else Prometheus' text.

    The time at which each series was created is left out: to a scraper it is as many series again.
    """
    try:
        encode, content_type = choose_encoder(accept)
    except ValueError:  # a version that is no version
        encode, content_type = generate_latest, CONTENT_TYPE_PLAIN_0_0_4
    return encode(_WithoutCreated(registry)), content_type


def _answer(
    registry: CollectorRegistry, method: str, accept: str
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body."""
    if method not in ("GET", "HEAD"):
        length = ("Content-Length", str(len(_NOT_ALLOWED)))
        return 405, [("Allow", "GET, HEAD"), ("Content-Type", "text/plain"), length], _NOT_ALLOWED
    body, content_type = exposition(multiprocess.Summed() if multiprocess.folder() else registry, accept)
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    return 200, headers, b"" if method == "HEAD" else body


class _WithoutCreated:
    """A registry as it is, less its ``_created`` samples."""

    def __init__(self, registry: CollectorRegistry | multiprocess.Summed) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            shown = copy.copy(metric)
            shown.samples = [s for s in metric.samples if s.name != f"{metric.name}_created"]
            yield shown


class _MetricsApp:
    """An object rather than a function, which routers would take for one of their own endpoints."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
        status, headers, body = _answer(self._registry, scope["method"], accept.decode("latin-1"))
        raw = [(name.lower().encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})
