"""The token of programs: shown with every request, in a header."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

READY = "/-/ready"


class BearerGate:
    """Lets through who shows the token; to whether the server is ready anybody gets an answer."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 401."""
        if scope["type"] == "lifespan" or scope["path"] == READY or shows(Headers(scope=scope), self._token):
            await self.app(scope, receive, send)
        else:
            await no_token()(scope, receive, send)


def shows(headers: Headers, token: bytes) -> bool:
    """Whether a request shows the token; how long the answer takes does not tell how much of it was right."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token)


def no_token() -> JSONResponse:
    """What is said to a program that shows none, or a wrong one."""
    error = {
        "schema": "codesentinel/error/v1",
        "error": {"kind": "token", "message": "a token is needed", "hint": ""},
    }
    return JSONResponse(error, status_code=401, headers={"www-authenticate": "Bearer"})
