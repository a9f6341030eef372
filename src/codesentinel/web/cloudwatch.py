"""The exporter of CloudWatch: values of the last refresh, and the refreshing beside the server."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from codesentinel.operations.cloudwatch.exporter import CloudExporter
from codesentinel.web.app import ready
from codesentinel.web.guard import LoopbackGuard
from codesentinel.web.periodic import Periodic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from codesentinel.operations.base import Context


def create_app(context: Context) -> Starlette:
    """The application; it reads as soon as it runs, and again every ``cloudwatch.refresh_seconds``."""
    exporter = CloudExporter(context)

    async def expose(request: Request) -> Response:
        accept = ",".join(request.headers.getlist("accept"))
        text, content_type = await run_in_threadpool(exporter.exposition, accept)
        return Response(text, headers={"content-type": content_type})

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        every_seconds = context.settings.cloudwatch.refresh_seconds
        with Periodic("reading of CloudWatch", exporter.refresh, context.tell, every_seconds):
            yield

    return Starlette(
        routes=[Route("/metrics", expose), Route("/-/ready", ready)],
        middleware=[Middleware(LoopbackGuard)],
        lifespan=lifespan,
    )
