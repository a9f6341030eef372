"""Who may talk to a server: by a name that is known to be ours, and no page of elsewhere."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        if scope["type"] == "lifespan" or self._admits(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            await PlainTextResponse(f"{self.refusal}\n", status_code=403)(scope, receive, send)

    refusal = "only this machine may ask, by a loopback name"

    def _admits(self, scope: Scope) -> bool:
        hosts, origins = _header(scope, b"host"), _header(scope, b"origin")
        return bool(hosts) and all(
            _name(authority) in _NAMES for authority in (*hosts, *(o.partition("://")[2] for o in origins))
        )


class NameGuard(LoopbackGuard):
    """The same for a server on a network: by an address, which no foreign name hides behind, or a known name.

    A page may ask only the very server that it is from.
    """

    refusal = "not a name of this server; start it with --host-name NAME for those that it has"

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        super().__init__(app)
        self._names = _NAMES | {name.lower() for name in names}

    def _admits(self, scope: Scope) -> bool:
        hosts, origins = _header(scope, b"host"), _header(scope, b"origin")
        return (
            len(hosts) == 1
            and (_name(hosts[0]) in self._names or _is_address(_name(hosts[0])))
            and all(origin.partition("://")[2] == hosts[0] for origin in origins)
        )


def _header(scope: Scope, wanted: bytes) -> list[str]:
    """Every value: one that is sent twice must not be judged by either alone."""
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name == wanted]


def _name(authority: str) -> str:
    """The authority without its port; empty where the port is none."""
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority
    return name if port.isdecimal() else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
