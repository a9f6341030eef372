"""The shapes of ASGI and WSGI, for the type checker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

    Environ = dict[str, Any]
    StartResponse = Callable[..., Callable[[bytes], object]]
    WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]
