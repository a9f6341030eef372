"""``/metrics``: what was counted, in the format the scraper asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from codesentinel.instrument.asgi import App, Receive, Scope, Send


def metrics_app(registry: CollectorRegistry | None = None) -> App:
    """An ASGI application that answers with the registry's metrics; give it a route of its own."""
    return _MetricsApp(registry or REGISTRY)


class _MetricsApp:
    """An object rather than a function, which routers would take for one of their own endpoints."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        accept = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"accept"), "")
        encode, content_type = choose_encoder(accept)
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": encode(self._registry)})
