"""ASGI middleware that counts and times every request of a service."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from codesentinel.instrument.exposition import metrics_app
from codesentinel.instrument.http_metrics import CLIENT_GONE, FAILED, HttpMetrics
from codesentinel.instrument.routes import RouteFinder
from codesentinel.instrument.sockets import Connection

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from codesentinel.instrument.interfaces import AsgiApp, Message, Receive, Scope, Send

_BODIES = frozenset(("http.response.body", "http.response.zerocopysend"))


class MetricsMiddleware:
    """Wraps an ASGI application; requests and WebSocket connections are measured, the rest passes through.

    A request is over when the last byte of its answer was sent: what runs in the background afterwards
    is not part of it. An exception before that counts as status 500 and goes on its way; a request that
    is cancelled, or whose client leaves, counts as 499. Put it outermost: what other middleware costs
    belongs to the request.

    Args:
        app: what is wrapped.
        service, environment, version: put on every series.
        registry: where the metrics are registered; None is prometheus-client's own.
        max_routes: further route templates share the route ``overflow``, and are counted; None takes
            ``CODESENTINEL_INSTRUMENT_MAX_ROUTES`` from the environment, else 500.
        metrics_path: below the path that the application is served at; answered with the metrics, and not
            measured; None where a route does that.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        service: str,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_routes: int | None = None,
        metrics_path: str | None = None,
    ) -> None:
        self.app = app
        self._routes = RouteFinder()
        self._metrics = HttpMetrics(
            service, environment=environment, version=version, registry=registry, max_routes=max_routes
        )
        self._metrics_path = metrics_path
        self._show = metrics_app(registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        kind = scope["type"]
        if kind == "http":
            shown_at = self._metrics_path
            if shown_at is not None and scope["path"] == scope.get("root_path", "") + shown_at:
                await self._show(scope, receive, send)
                return
            request = _Request(self._metrics, self._routes, scope, receive, send)
            try:
                await self.app(scope, request.receive, request.send)
            except Exception:
                request.over(FAILED)
                raise
            except BaseException:
                request.over(CLIENT_GONE)
                raise
            else:
                request.over(FAILED)  # unless it was answered in full
        elif kind == "websocket":
            await Connection(self._metrics, self._routes, scope, receive, send).through(self.app)
        else:
            await self.app(scope, receive, send)


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
        self._status = FAILED
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
        elif (kind in _BODIES and not message.get("more_body")) or kind == "http.response.pathsend":
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
            route, self._scope["method"], CLIENT_GONE if self._gone else status, duration_seconds
        )
