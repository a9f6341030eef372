"""The routes of the service and what they answer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from django.http import HttpRequest

ORDERS = 1000


def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show one order, or forget it."""
    if request.method == "DELETE":
        return HttpResponse(status=204)
    if order_id >= ORDERS:
        raise Http404
    return JsonResponse({"id": order_id})


def place(_: HttpRequest) -> HttpResponse:
    """Take an order."""
    return JsonResponse({"order": "placed"}, status=201)


async def status(_: HttpRequest) -> HttpResponse:
    """Answer without a thread, where the server can."""
    return HttpResponse("fine\n")


def report(request: HttpRequest) -> StreamingHttpResponse:
    """Send line after line; Django wants another kind of generator under ASGI than under WSGI."""
    lines = range(int(request.GET.get("lines", "5")))

    def written() -> Iterator[str]:
        for number in lines:
            time.sleep(0.002)
            yield f"line {number}\n"

    async def written_soon() -> AsyncIterator[str]:
        for number in lines:
            await asyncio.sleep(0.002)
            yield f"line {number}\n"

    body = written_soon() if hasattr(request, "scope") else written()
    return StreamingHttpResponse(body, content_type="text/plain")


def broken(_: HttpRequest) -> HttpResponse:
    """Fail as code does that has a bug."""
    raise RuntimeError("broken on purpose")


orders = [path("", place), path("<int:order_id>", order)]
urlpatterns = [
    path("orders/", include(orders)),
    path("status", status),
    path("report", report),
    path("broken", broken),
]
