"""The web application: our metrics for Prometheus, and the local receiver of alerts."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from codesentinel.model.errors import CodesentinelError, UsageError
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.operations.notifications import receive
from codesentinel.operations.review import gather
from codesentinel.web.guard import LoopbackGuard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from codesentinel.operations.base import Context

REVIEW_EVERY_SECONDS = 60.0
LARGEST_BODY_BYTES = 1024 * 1024


def create_app(context: Context, *, review_every_seconds: float = REVIEW_EVERY_SECONDS) -> Starlette:
    """The application, judged by one review every ``review_every_seconds``."""
    metrics = OwnMetrics(context)

    async def expose(request: Request) -> Response:
        text, content_type = await run_in_threadpool(metrics.exposition, request.headers.get("accept", ""))
        return Response(text, headers={"content-type": content_type})

    async def notify(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("send application/json\n", status_code=415)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY_BYTES:
                return PlainTextResponse(f"more than {LARGEST_BODY_BYTES} bytes\n", status_code=413)
        try:
            count = await run_in_threadpool(receive, context, _json(body))
        except UsageError as exc:
            return PlainTextResponse(f"{exc.message}: {exc.hint}\n", status_code=400)
        return PlainTextResponse(f"logged {count}\n")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        reviewing = asyncio.create_task(_keep_reviewing(context, metrics, review_every_seconds))
        yield
        reviewing.cancel()

    return Starlette(
        routes=[
            Route("/metrics", expose),
            Route("/-/ready", ready),
            Route("/alerts", notify, methods=["POST"]),
        ],
        middleware=[Middleware(LoopbackGuard)],
        lifespan=lifespan,
    )


async def ready(_: Request) -> Response:
    """Answer as soon as anything can be answered."""
    return PlainTextResponse("ready\n")


async def _keep_reviewing(context: Context, metrics: OwnMetrics, every_seconds: float) -> None:
    """Refresh the findings; a review that fails shows as such and is tried again."""
    while True:
        try:
            report = await run_in_threadpool(gather, context)
        except CodesentinelError:
            metrics.reviewed(None)
        else:
            judged = any(source.judged for source in report.sources)
            metrics.reviewed(report.findings if judged else None)
        await asyncio.sleep(every_seconds)


def _json(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise UsageError("not a JSON object", hint="send what Alertmanager sends to a webhook")
    return document
