"""The receiver of agents' telemetry: OTLP over HTTP, on the loopback interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from codesentinel.model.errors import CodesentinelError, NotInstalled
from codesentinel.operations.satellites.telemetry import MOST_BYTES, Telemetry
from codesentinel.web.guard import LoopbackGuard

if TYPE_CHECKING:
    from starlette.requests import Request

    from codesentinel.operations.base import Context

_KINDS = {"application/x-protobuf": True, "application/json": False}


def create_otlp(context: Context) -> Starlette:
    """The application: ``/v1/logs``, ``/v1/traces`` and ``/v1/metrics``; ``/metrics`` tells how many came."""
    telemetry = Telemetry(context)

    async def take(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        packed = request.headers.get("content-encoding", "identity").strip().lower()
        if kind not in _KINDS or packed not in ("identity", "gzip", ""):
            return PlainTextResponse("send application/x-protobuf or application/json, plain or gzip\n", 415)
        body = await _body(request)
        if body is None:
            return PlainTextResponse(f"more than {MOST_BYTES} bytes\n", 413)
        signal = request.url.path.rpartition("/")[2]
        try:
            await run_in_threadpool(
                telemetry.take, signal, body, is_protobuf=_KINDS[kind], is_packed=packed == "gzip"
            )
        except NotInstalled as exc:
            return PlainTextResponse(f"{exc.message}: {exc.hint}\n", 415)
        except CodesentinelError as exc:
            return PlainTextResponse(f"{exc.message}: {exc.hint}\n", 400)
        return Response(b"" if _KINDS[kind] else b"{}", headers={"content-type": kind})

    async def expose(request: Request) -> Response:
        text, kind = telemetry.exposition(",".join(request.headers.getlist("accept")))
        return Response(text, headers={"content-type": kind})

    async def ready(_: Request) -> Response:
        return PlainTextResponse("ready\n")

    paths = [Route(f"/v1/{signal}", take, methods=["POST"]) for signal in ("logs", "traces", "metrics")]
    return Starlette(
        routes=[*paths, Route("/metrics", expose), Route("/-/ready", ready)],
        middleware=[Middleware(LoopbackGuard)],
    )


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too long. A client that goes away has sent what there is."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)
