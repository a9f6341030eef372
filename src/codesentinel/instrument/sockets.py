"""A WebSocket connection on its way through: no request, for it may last for days and has no status."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.instrument.http_metrics import HttpMetrics
    from codesentinel.instrument.interfaces import AsgiApp, Message, Receive, Scope, Send
    from codesentinel.instrument.routes import RouteFinder

_ABNORMAL = 1006
_INTERNAL_ERROR = 1011


class Connection:
    """Sees the messages of a connection pass, and records it once, by its first end.

    ``outcome`` is ``closed`` (by either side), ``rejected`` (before it was accepted), ``lost`` (the
    client went without a word), ``failed`` (an exception, or closed for one), or ``cancelled``.
    """

    def __init__(
        self, metrics: HttpMetrics, routes: RouteFinder, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._metrics = metrics
        self._routes = routes
        self._scope = scope
        self._receive = receive
        self._send = send
        self._outside = scope.get("endpoint")
        self._accepted = self._over = False
        self._active = metrics.begin_socket()
        self._began = perf_counter()

    async def through(self, app: AsgiApp) -> None:
        """Let the application have the connection."""
        try:
            await app(self._scope, self.receive, self.send)
        except Exception:
            self.over("failed")
            raise
        except BaseException:
            self.over("cancelled")
            raise
        else:
            self.over("closed" if self._accepted else "rejected")

    async def receive(self) -> Message:
        """Take a message from the client."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self.over("lost" if message.get("code") == _ABNORMAL else "closed")
        return message

    async def send(self, message: Message) -> None:
        """Give a message to the client."""
        try:
            await self._send(message)
        except OSError:
            self.over("lost")
            raise
        kind = message["type"]
        if kind == "websocket.accept":
            self._accepted = True
        elif kind == "websocket.close" and self._accepted:
            self.over("failed" if message.get("code") == _INTERNAL_ERROR else "closed")
        elif kind in ("websocket.close", "websocket.http.response.start"):
            self.over("rejected")

    def over(self, outcome: str) -> None:
        """Record the connection, unless that was done."""
        if self._over:
            return
        self._over = True
        duration_seconds = perf_counter() - self._began
        self._active.dec()
        route = self._routes.template(self._scope, self._outside)
        self._metrics.finish_socket(route, outcome, duration_seconds)
