"""The HTTP server, as a program that others start and stop."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import uvicorn

from codesentinel.model.errors import CodesentinelError
from codesentinel.web.connections import PatientProtocol

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
                http=PatientProtocol,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_in_one_line)

    def handle_exit(self, _: int, __: FrameType | None) -> None:
        """Stop, at once when told twice; uvicorn's own would die of the signal after it stopped."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _in_one_line(record: logging.LogRecord) -> bool:
    """What ends an answer that has begun already is told in its own words, and not as a defect of ours."""
    exc = record.exc_info[1] if record.exc_info else None
    while isinstance(exc, BaseExceptionGroup):
        exc = exc.exceptions[0]
    if isinstance(exc, asyncio.CancelledError):  # we are told to stop, and whoever still waited is told of
        return False
    if isinstance(exc, CodesentinelError):
        record.msg, record.args, record.exc_info = exc.message, (), None
    return True
