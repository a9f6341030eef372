"""Connections that have to come to something: no client keeps one, or all of them, by never ending a request.

What HTTP servers leave open by default is how long a request may take to arrive. A thousand clients that send
a byte now and then take every descriptor of the process, and nobody else is answered.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

WHOLE_SECONDS = 20.0
"""Until a request has to be here with its head and its body, counted from its first byte."""

MOST_CONNECTIONS = 200
"""Beyond that the one goes that has kept us waiting for its request the longest; answers go on."""


class PatientProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.since = time.monotonic()
        self._due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come; where there are too many, one goes."""
        super().connection_made(transport)
        self._due = self.loop.call_later(WHOLE_SECONDS, self._end)
        if len(self.connections) > MOST_CONNECTIONS:
            # many come in one turn of the loop, and those that were let go are known only in the next one
            here = [one for one in self.connections if isinstance(one, PatientProtocol) and one.is_here]
            if len(here) > MOST_CONNECTIONS:
                waiting = [one for one in here if one.is_owed]
                min(waiting, key=lambda one: one.since).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Some of a request has come."""
        super().data_received(data)
        if not self.is_owed:
            self._forget()
        elif self._due is None:
            self.since = time.monotonic()
            self._due = self.loop.call_later(WHOLE_SECONDS, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._forget()
        super().connection_lost(exc)

    @property
    def is_owed(self) -> bool:
        """Whether we wait for the client, not it for us."""
        return self.cycle is None or bool(self.cycle.response_complete or self.cycle.more_body)

    @property
    def is_here(self) -> bool:
        """Whether it has not been let go."""
        return not self.transport.is_closing()

    def _end(self) -> None:
        self._due = None
        if self.is_owed:
            self.transport.abort()

    def _forget(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
