"""Leaves the template of Django's route where the middleware around the whole application finds it.

Django keeps it on its own request object. In the settings, at any place of the list::

    MIDDLEWARE = ["codesentinel.instrument.django.leave_route", ...]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

from codesentinel.instrument.http_metrics import ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable


def leave_route(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A middleware of Django, synchronous or not as what it stands before."""
    if iscoroutinefunction(get_response):

        async def answer_soon(request: Any) -> Any:
            response = await get_response(request)
            _leave(request)
            return response

        return markcoroutinefunction(answer_soon)

    def answer(request: Any) -> Any:
        response = get_response(request)
        _leave(request)
        return response

    return answer


leave_route.sync_capable = leave_route.async_capable = True  # type: ignore[attr-defined]


def _leave(request: Any) -> None:
    match = request.resolver_match
    if match is not None:
        outside = getattr(request, "scope", None)
        if outside is None:
            outside = request.environ
        outside[ROUTE] = "/" + match.route.removeprefix("^")
