"""POST to a server that may be busy or away for a moment: tried again with growing pauses, then told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from codesentinel.model.errors import BadAnswer, CodesentinelError, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import urllib3

TRIES = 6
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_TOO_MANY, _SERVER_ERROR = 429, 500
_SHOWN_CHARACTERS = 200
_HINT = "is it running? `codesentinel status` shows the stack of this workspace"


class Poster:
    """Sends bodies to one server over one connection.

    A body may arrive twice, where the answer to it was lost: only what may be repeated is to be sent.

    Args:
        base_url: without a slash at its end; a user and a password in it are sent, and never shown.
        timeout_seconds: for one answer.
        headers: sent with each body.
        tries: how often a body is sent at most.
        tell: takes a line for each try that failed.
        pause: waits so many seconds.

    Raises:
        UsageError: the URL is not one of a server.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
        tell: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        import urllib3

        self.shown = base_url.rpartition("@")[2]
        if not _is_of_a_server(base_url):
            raise UsageError(f"not a server's URL: {self.shown}", hint="such as http://127.0.0.1:8428")
        self._base_url = base_url
        auth = urllib3.util.parse_url(base_url).auth
        self._headers = dict(headers or {})
        self._headers |= urllib3.make_headers(basic_auth=unquote(auth)) if auth else {}
        self._tries = tries
        self._tell = tell
        self._pause = pause
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout_seconds)

    def post(self, path: str, body: bytes, *, tries: int = 0) -> None:
        """Send it until the server has taken it, ``tries`` times at most where that is given.

        Raises:
            Unreachable: nothing answers, also after the last try.
            BadAnswer: the server refuses, or is still too busy after the last try.
        """
        pause = _FIRST_PAUSE_SECONDS
        for left in range((tries or self._tries) - 1, -1, -1):
            problem, wait = self._try(path, body)
            if problem is None:
                return
            if wait is None or not left:
                raise problem
            seconds = min(max(pause, wait), _LONGEST_PAUSE_SECONDS)
            self._tell(f"{problem.message}; again in {seconds:g} s ({left} tries left)")
            self._pause(seconds)
            pause *= 2

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _try(self, path: str, body: bytes) -> tuple[CodesentinelError | None, float | None]:
        """What went wrong, and how long to wait at least before the next try; None for there is no point."""
        import urllib3

        try:
            answer = self._pool.request(
                "POST", f"{self._base_url}{path}", body=body, headers=self._headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as exc:
            reason = str(getattr(exc, "reason", None) or exc).rpartition(": ")[2]
            return Unreachable(f"{self.shown} could not take {path}: {reason}", hint=_HINT), 0.0
        if 200 <= answer.status < 300:
            return None, None
        said = answer.data.decode(errors="replace").strip()[:_SHOWN_CHARACTERS]
        problem = BadAnswer(f"{self.shown}{path} answered {answer.status}: {said or 'no message'}")
        busy = answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR
        return problem, _retry_after(answer) if busy else None


def _is_of_a_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        return False


def _retry_after(answer: urllib3.BaseHTTPResponse) -> float:
    """How long the server asks to wait; a date is not waited for longer than the usual pause."""
    text = answer.headers.get("Retry-After", "").strip()
    return float(text) if text.isdecimal() else 0.0
