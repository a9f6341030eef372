"""Questions of the browser, handed on: read-only, streamed, never to another server than those configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, PlatformCollector, ProcessCollector
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, StreamingResponse

from codesentinel.model.errors import BadQuery, CodesentinelError, Refused, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from codesentinel.operations.viewer.questions import Answer, Questions

_STATUS = {Refused: 403, Unreachable: 504, UsageError: 400, BadQuery: 400}


class Queries:
    """The endpoints, and how often they were asked."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._asked = Counter(
            "codesentinel_viewer_queries",
            "Questions of browsers that were handed on.",
            ["endpoint", "outcome"],
            registry=self.registry,
        )

    async def prometheus(self, request: Request) -> Response:
        """``/api/ds/{uid}/api/v1/{path}``."""
        uid, path = request.path_params["uid"], request.path_params["path"]
        parameters = request.query_params.multi_items()
        endpoint = "label/values" if path.startswith("label/") else path

        def ask() -> Answer:
            return self._questions.ask(uid, path, parameters, gzip=_takes_gzip(request))

        return await self._relay(endpoint, ask)

    async def alertmanager(self, request: Request) -> Response:
        """``/api/alertmanager/alerts``."""
        return await self._relay("notified", lambda: self._questions.notified(gzip=_takes_gzip(request)))

    async def _relay(self, endpoint: str, ask: Callable[[], Answer]) -> Response:
        try:
            relayed = await run_in_threadpool(ask)
        except CodesentinelError as exc:
            if not isinstance(exc, Refused):  # a path that is not ours names no endpoint
                self._asked.labels(endpoint, exc.kind).inc()
            return failure(exc)
        self._asked.labels(endpoint, "ok" if relayed.status == 200 else "error").inc()
        headers = {"vary": "accept-encoding"}
        if relayed.encoding:
            headers["content-encoding"] = relayed.encoding
        return StreamingResponse(
            relayed.chunks, status_code=relayed.status, headers=headers, media_type="application/json"
        )


def failure(exc: CodesentinelError, status: int | None = None) -> Response:
    """An error as every face shows it."""
    error = {"kind": exc.kind, "message": exc.message, "hint": exc.hint}
    code = status or next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 502)
    return JSONResponse({"schema": "codesentinel/error/v1", "error": error}, status_code=code)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
