"""Who may talk to a server on the loopback interface: this machine, by its own name, no page of elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = frozenset(("127.0.0.1", "localhost", "[::1]"))


class LoopbackGuard:
    """Refuses a connection whose Host is not this machine, or that a web page of elsewhere opened.

    The first stops DNS rebinding: a hostile name that resolves to 127.0.0.1. The second stops
    cross-site posts, and web sockets, which browsers open across sites.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on, or refuse it: status 403, a closed web socket."""
        if scope["type"] == "lifespan" or _is_local(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            refusal = PlainTextResponse("only this machine may ask, by a loopback name\n", status_code=403)
            await refusal(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    hosts, origins = _header(scope, b"host"), _header(scope, b"origin")
    return bool(hosts) and all(
        _names_us(authority) for authority in (*hosts, *(o.partition("://")[2] for o in origins))
    )


def _header(scope: Scope, wanted: bytes) -> list[str]:
    """Every value: one that is sent twice must not be judged by either alone."""
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name == wanted]


def _names_us(authority: str) -> bool:
    name, _, port = authority.rpartition(":")
    return authority in _NAMES or (name in _NAMES and port.isdecimal())
