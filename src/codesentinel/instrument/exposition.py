"""``/metrics``: what was counted, in the format the scraper asks for."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from codesentinel.instrument.asgi import App, Receive, Scope, Send


def metrics_app(registry: CollectorRegistry | None = None) -> App:
    """An ASGI application that answers with the registry's metrics; give it a route of its own."""
    return _MetricsApp(registry or REGISTRY)


def exposition(registry: CollectorRegistry, accept: str = "") -> tuple[bytes, str]:
    """The metrics and their content type: OpenMetrics for who accepts it, else Prometheus' text.

    The time at which each series was created is left out: to a scraper it is as many series again.
    """
    try:
        encode, content_type = choose_encoder(accept)
    except ValueError:  # a version that is no version
        encode, content_type = generate_latest, CONTENT_TYPE_PLAIN_0_0_4
    return encode(_WithoutCreated(registry)), content_type


class _WithoutCreated:
    """A registry as it is, less its ``_created`` samples."""

    def __init__(self, registry: CollectorRegistry) -> None:
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
        body, content_type = exposition(self._registry, accept.decode("latin-1"))
        headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
