"""ASGI middleware that counts and times every request of a service."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from codesentinel.instrument.http_metrics import HttpMetrics
from codesentinel.instrument.routes import RouteFinder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from prometheus_client import CollectorRegistry

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_FAILED = 500
_CLIENT_GONE = 499
"""As web servers log a request whose client went away before the answer was complete."""


class MetricsMiddleware:
    """Wraps an ASGI application; HTTP requests are measured, everything else passes through.

    An exception counts as status 500 and goes on its way; a request that is cancelled, or whose client
    leaves before the answer is complete, counts as 499. Put it outermost: what other middleware costs
    belongs to the request.
    """

    def __init__(
        self,
        app: App,
        *,
        service: str,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_routes: int = 500,
    ) -> None:
        self._app = app
        self._routes = RouteFinder()
        self._metrics = HttpMetrics(
            service, environment=environment, version=version, registry=registry, max_routes=max_routes
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(receive, send)
        method, outside = scope["method"], scope.get("route")
        active = self._metrics.begin(method)
        began = perf_counter()
        try:
            await self._app(scope, watch.receive, watch.send)
        except Exception:
            watch.failed()
            raise
        finally:
            duration_seconds = perf_counter() - began
            active.dec()
            route = self._routes.template(scope, outside)
            self._metrics.finish(route, method, watch.status, duration_seconds)


class _Watch:
    """Sees the messages of one request pass by."""

    __slots__ = ("_complete", "_receive", "_send", "status")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._complete = False
        self.status = _CLIENT_GONE  # until the application answers

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self._complete:
            self.status = _CLIENT_GONE
        return message

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            self.status = message["status"]
        elif kind == "http.response.body" and not message.get("more_body", False):
            self._complete = True
        await self._send(message)

    def failed(self) -> None:
        if not self._complete:
            self.status = _FAILED
