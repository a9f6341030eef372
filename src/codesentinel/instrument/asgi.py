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

    A request is over when the last byte of its answer was sent: what runs in the background afterwards
    is not part of it. An exception before that counts as status 500 and goes on its way; a request that
    is cancelled, or whose client leaves, counts as 499. Put it outermost: what other middleware costs
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
        self.app = app
        self._routes = RouteFinder()
        self._metrics = HttpMetrics(
            service, environment=environment, version=version, registry=registry, max_routes=max_routes
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(self._metrics, self._routes, scope, receive, send)
        try:
            await self.app(scope, request.receive, request.send)
        except Exception:
            request.over(_FAILED)
            raise
        except BaseException:
            request.over(_CLIENT_GONE)
            raise
        else:
            request.over(_FAILED)  # unless it was answered in full


class _Request:
    """One request on its way through: it sees its messages pass, and is recorded once."""

    __slots__ = (
        "_active",
        "_began",
        "_gone",
        "_metrics",
        "_outside",
        "_over",
        "_receive",
        "_routes",
        "_scope",
        "_send",
        "_status",
    )

    def __init__(
        self, metrics: HttpMetrics, routes: RouteFinder, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._metrics = metrics
        self._routes = routes
        self._scope = scope
        self._receive = receive
        self._send = send
        self._outside = scope.get("endpoint")
        self._status = _FAILED
        self._gone = self._over = False
        self._active = metrics.begin(scope["method"])
        self._began = perf_counter()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone = True
        return message

    async def send(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:  # how a server of ASGI 2.4 says that the client has left
            self._gone = True
            raise
        kind = message["type"]
        if kind == "http.response.start":
            self._status = message["status"]
        elif kind == "http.response.pathsend" or (
            kind == "http.response.body" and not message.get("more_body", False)
        ):
            self.over(self._status)

    def over(self, status: int) -> None:
        """Record the request, unless that was done: the first end counts."""
        if self._over:
            return
        self._over = True
        duration_seconds = perf_counter() - self._began
        self._active.dec()
        route = self._routes.template(self._scope, self._outside)
        self._metrics.finish(
            route, self._scope["method"], _CLIENT_GONE if self._gone else status, duration_seconds
        )
