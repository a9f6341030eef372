"""The web application: our metrics for Prometheus, and the local receiver of alerts."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from codesentinel.model.errors import CodesentinelError, UsageError
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.operations.notifications import take
from codesentinel.web.bearer import READY, BearerGate
from codesentinel.web.guard import LoopbackGuard, NameGuard
from codesentinel.web.periodic import closer, ingester, reviewer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request

    from codesentinel.operations.base import Context

REVIEW_EVERY_SECONDS = 60.0
INGEST_EVERY_SECONDS = 5.0
CLOSE_EVERY_SECONDS = 15.0
LARGEST_BODY_BYTES = 1024 * 1024


def create_app(
    context: Context,
    *,
    review_every_seconds: float = REVIEW_EVERY_SECONDS,
    token: str = "",
    names: Sequence[str] | None = None,
) -> Starlette:
    """The application, judged by one review every ``review_every_seconds``.

    Without ``names`` it answers to loopback names alone, with ``token`` to who shows it.
    """
    metrics = OwnMetrics(context)

    async def expose(request: Request) -> Response:
        accept = ",".join(request.headers.getlist("accept"))
        text, content_type = await run_in_threadpool(metrics.exposition, accept)
        return Response(text, headers={"content-type": content_type})

    async def notify(request: Request) -> Response:
        try:
            count = await run_in_threadpool(take, context, _json(await _body(request)))
        except _NotTaken as exc:
            return _line(str(exc), exc.status)
        except UsageError as exc:
            return _line(f"{exc.message}: {exc.hint}", 400)
        except CodesentinelError as exc:
            return _line(exc.message, 503)  # the sender tries again
        return _line(f"logged {count}", 200)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with (
            reviewer(context, metrics, review_every_seconds),
            ingester(context, metrics, INGEST_EVERY_SECONDS),
            closer(context, CLOSE_EVERY_SECONDS),
        ):
            yield

    guard = Middleware(LoopbackGuard) if names is None else Middleware(NameGuard, names=tuple(names))
    gate = [Middleware(BearerGate, token=token)] if token else []
    return Starlette(
        routes=[
            Route("/metrics", expose),
            Route(READY, ready),
            Route("/alerts", notify, methods=["POST"]),
        ],
        middleware=[guard, *gate],
        lifespan=lifespan,
    )


async def ready(_: Request) -> Response:
    """Answer as soon as anything can be answered."""
    return PlainTextResponse("ready\n")


class _NotTaken(Exception):
    """A body that is not even looked into."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _NotTaken(415, "send application/json")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY_BYTES:
                raise _NotTaken(413, f"more than {LARGEST_BODY_BYTES} bytes")
    except ClientDisconnect:
        raise _NotTaken(400, "the body ended early") from None
    return bytes(body)


def _json(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise UsageError("not a JSON object", hint="send what Alertmanager sends to a webhook")
    return document


def _line(text: str, status: int) -> Response:
    return PlainTextResponse(f"{text}\n", status_code=status)
