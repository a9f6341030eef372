"""The token: asked for wherever one is set, taken from a header, a link, or a form that leaves a cookie."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from codesentinel.web.bearer import READY, no_token, shows

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "codesentinel_viewer"
_VALID_SECONDS = 12 * 3600
_LARGEST_FORM_BYTES = 4096
_WRONG_TOKEN_SECONDS = 0.5
_OPEN = ("/assets/", READY)


class TokenGate:
    """Lets through who shows the token.

    The cookie holds no token: it is a time, signed with a key that is made from the token. A new token
    makes all cookies void.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self._token = token.encode()
        self._key = hashlib.blake2b(self._token, digest_size=32, person=b"viewer cookie").digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it: the form, a redirection, or 401."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = await self._answer(request)
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What to say to who may not pass; nothing to who may."""
        if request.url.path == "/login":
            return await self._login(request)
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            return await self._exchange(request, given)
        if self._knows(request):
            return None
        if request.url.path.startswith(("/api/", "/metrics")):
            return no_token()
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(here, safe='')}", status_code=303)

    def _knows(self, request: Request) -> bool:
        if shows(request.headers, self._token):
            return True
        until, _, signature = request.cookies.get(COOKIE, "").partition(".")
        signed = hmac.compare_digest(signature.encode(), self._signature(until).encode())
        return signed and until.isdecimal() and int(until) > time.time()

    async def _exchange(self, request: Request, given: str) -> Response:
        """A link with ``?token=``: the same address without it, and a cookie."""
        if not hmac.compare_digest(given.encode(), self._token):
            return await self._refused("/")
        left = urlencode([(k, v) for k, v in request.query_params.multi_items() if k != "token"])
        return self._welcome(request, request.url.path + (f"?{left}" if left else ""))

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return _form(_own_path(request.query_params.get("next", "/")), wrong=False)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_FORM_BYTES:
                return await self._refused("/")
        fields = parse_qs(body.decode("utf-8", "replace"))
        target = _own_path(fields.get("next", ["/"])[0])
        if not hmac.compare_digest(fields.get("token", [""])[0].strip().encode(), self._token):
            return await self._refused(target)
        return self._welcome(request, target)

    async def _refused(self, target: str) -> Response:
        """Wrong, and slow about it, so that guessing is slower still."""
        await asyncio.sleep(_WRONG_TOKEN_SECONDS)
        return _form(target, wrong=True)

    def _welcome(self, request: Request, target: str) -> Response:
        until = str(int(time.time()) + _VALID_SECONDS)
        answer = RedirectResponse(_own_path(target), status_code=303)
        answer.set_cookie(
            COOKIE,
            f"{until}.{self._signature(until)}",
            max_age=_VALID_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    def _signature(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), "sha256").hexdigest()


def _own_path(target: str) -> str:
    """A path on this server; anything that a browser might take for another one becomes the start page."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain and "\\" not in target else "/"


def _form(target: str, *, wrong: bool) -> Response:
    said = '<p class="warn" role="alert">That is not the token.</p>' if wrong else ""
    page = _PAGE.format(target=html.escape(target, quote=True), said=said)
    # with no referrer at all, browsers say "Origin: null" with the form, which nobody may trust
    headers = {"referrer-policy": "same-origin"}
    return HTMLResponse(page, status_code=401 if wrong else 200, headers=headers)


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light"><title>codesentinel</title></head>
<body><main><h1>codesentinel</h1><form method="post" action="/login">
<p><label for="token">Token</label></p>
<p><input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
{said}<input type="hidden" name="next" value="{target}"><p><button type="submit">Open the viewer</button></p>
</form></main></body></html>
"""
