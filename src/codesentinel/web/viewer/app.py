"""The viewer's application: pages, dashboards, questions to the servers, the last review, forecasts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from codesentinel.instrument.exposition import exposition
from codesentinel.operations.viewer.questions import Questions
from codesentinel.web.guard import LoopbackGuard, NameGuard
from codesentinel.web.viewer.access import TokenGate
from codesentinel.web.viewer.assets import Assets
from codesentinel.web.viewer.documents import Documents
from codesentinel.web.viewer.headers import SecurityHeaders
from codesentinel.web.viewer.queries import Queries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from starlette.requests import Request

    from codesentinel.operations.base import Context

PAGES = (
    "/",
    "/d/{uid}",
    "/d/{uid}/{slug}",
    "/findings",
    "/alerts",
    "/forecast",
    "/canary",
    "/satellites",
    "/profiles",
)


def create_viewer(
    context: Context, *, folders: Sequence[Path] = (), token: str = "", names: Sequence[str] | None = None
) -> Starlette:
    """The application. Without ``names`` it answers to loopback names alone, with ``token`` to who shows it.

    Raises:
        NotInstalled: this installation has no built pages.
    """
    assets, questions = Assets(), Questions(context)
    queries, documents = Queries(questions), Documents(context, questions, folders)

    async def page(request: Request) -> Response:
        return assets.answer(request, "index.html")

    async def asset(request: Request) -> Response:
        return assets.answer(request, f"assets/{request.path_params['name']}")

    async def metrics(request: Request) -> Response:
        text, kind = exposition(queries.registry, ",".join(request.headers.getlist("accept")))
        return Response(text, headers={"content-type": kind})

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        questions.close()

    guard = Middleware(LoopbackGuard) if names is None else Middleware(NameGuard, names=tuple(names))
    gate = [Middleware(TokenGate, token=token)] if token else []
    return Starlette(
        routes=[
            *(Route(path, page) for path in PAGES),
            Route("/assets/{name}", asset),
            Route("/api/dashboards", documents.dashboards),
            Route("/api/dashboards/{uid:path}", documents.dashboard),
            Route("/api/datasources", documents.datasources),
            Route("/api/review", documents.review),
            Route("/api/satellites", documents.satellites),
            Route("/api/canaries", documents.canaries),
            Route("/api/forecast", documents.forecast),
            Route("/api/profiles", documents.profiles),
            Route("/api/profile", documents.profile),
            Route("/api/alertmanager/alerts", queries.alertmanager),
            Route("/api/ds/{uid}/api/v1/{path:path}", queries.prometheus),
            Route("/metrics", metrics),
            Route("/-/ready", _ready),
        ],
        middleware=[Middleware(SecurityHeaders), guard, *gate],
        lifespan=lifespan,
    )


async def _ready(_: Request) -> Response:
    return PlainTextResponse("ready\n")
