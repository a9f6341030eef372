"""Who may talk to a server on the loopback interface: this machine, by its own name, no page of elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = frozenset(("127.0.0.1", "localhost", "[::1]"))


class LoopbackGuard:
    """Refuses a request whose Host is not this machine, or that a web page of elsewhere sent.

    The first stops DNS rebinding: a hostile name that resolves to 127.0.0.1. The second stops
    cross-site posts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and not _is_local(scope):
            refusal = PlainTextResponse("only this machine may ask, by a loopback name\n", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    return _names_us(headers.get(b"host", b"").decode("latin-1")) and (
        not origin or _names_us(origin.partition("://")[2])
    )


def _names_us(authority: str) -> bool:
    name, _, port = authority.rpartition(":")
    return authority in _NAMES or (name in _NAMES and port.isdigit())
