"""What the viewer is shown as JSON: dashboards, data sources, the last review, forecasts, profiles, ..."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from codesentinel.model.errors import CodesentinelError, NoData
from codesentinel.operations.profile.judge import profiles
from codesentinel.operations.viewer.canaries import canaries
from codesentinel.operations.viewer.flame import pictured
from codesentinel.operations.viewer.foretold import Foretold
from codesentinel.operations.viewer.latest_procedures import LatestProcedures
from codesentinel.operations.viewer.latest_review import LatestReview
from codesentinel.operations.viewer.shelf import shelf
from codesentinel.render.document import envelope
from codesentinel.web.viewer.queries import failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request

    from codesentinel.operations.base import Context
    from codesentinel.operations.viewer.questions import Questions


class Documents:
    """The endpoints. Dashboards are read when they are asked for: a file that was saved is seen at once."""

    def __init__(self, context: Context, questions: Questions, folders: Sequence[Path]) -> None:
        self._context = context
        self._questions = questions
        self._folders = folders
        self._latest = LatestReview(context)
        self._procedures = LatestProcedures(context)
        self._foretold = Foretold(context)

    async def dashboards(self, _: Request) -> Response:
        """All of them, and the files that are none."""
        return await _document("dashboards", lambda: shelf(self._context, self._folders))

    async def dashboard(self, request: Request) -> Response:
        """One as it was saved."""
        uid = request.path_params["uid"]
        found = (await run_in_threadpool(shelf, self._context, self._folders)).find(uid)
        if found is None:
            return failure(NoData("there is no such dashboard", hint="the start page lists all"), 404)
        return Response(found.text, media_type="application/json")

    async def datasources(self, _: Request) -> Response:
        """The servers that dashboards may choose."""
        return await _document("datasources", self._questions.sources)

    async def review(self, _: Request) -> Response:
        """What needs attention now."""
        return await _document("review", self._latest.get)

    async def canaries(self, _: Request) -> Response:
        """The last judgements of canaries."""
        return await _document("canaries", lambda: canaries(self._context))

    async def satellites(self, request: Request) -> Response:
        """How procedures for agents do, and what to do with them."""
        quarter = request.query_params.get("quarter", "")
        return await _document("satellites", lambda: self._procedures.get(quarter))

    async def forecast(self, request: Request) -> Response:
        """What the series of a query will be."""
        words = request.query_params.multi_items()
        return await _document("forecast", lambda: self._foretold.get(words))

    async def profiles(self, _: Request) -> Response:
        """The profiles on record."""
        return await _document("profiles", lambda: {"profiles": profiles(self._context)})

    async def profile(self, request: Request) -> Response:
        """One as a flame graph, or two compared."""
        words = request.query_params.multi_items()
        return await _document("profile", lambda: pictured(self._context, words))


async def _document(name: str, make: Callable[[], object]) -> Response:
    try:
        data = await run_in_threadpool(make)
    except CodesentinelError as exc:
        return failure(exc)
    return Response(envelope(name, data, time.time()), media_type="application/json")
