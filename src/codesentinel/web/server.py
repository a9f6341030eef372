"""The HTTP server, as a program that others start and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from types import FrameType

    from starlette.types import ASGIApp

_LAST_ANSWERS_SECONDS = 1
"""How long requests that are under way may take when the server is told to stop."""


class Server(uvicorn.Server):
    """Being told to stop is its ordinary end: it ends in order, with exit status 0."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
            )
        )

    def handle_exit(self, _: int, __: FrameType | None) -> None:
        """Stop, at once when told twice; uvicorn's own would die of the signal after it stopped."""
        self.force_exit = self.should_exit
        self.should_exit = True
