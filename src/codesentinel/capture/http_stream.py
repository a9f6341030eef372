"""GET of a body as it arrives, with every way in which it can fail told in one message.

A failure that may be gone when asked again is a :class:`Passing`; whoever does not want to wait tells its
``error``. All messages name the server without credentials, and what was asked.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from codesentinel.model.errors import BadAnswer, BadQuery, ConfigurationError, CouldNotJudge, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse

_PIECE_BYTES = 256 * 1024
_REFUSAL_BYTES = 64 * 1024
_SHOWN_CHARACTERS = 300
_SHOWN_QUERY_CHARACTERS = 120
_WRONG_QUESTION = (400, 422)
_ASK_AGAIN = (408, 429, 502, 503, 504)
_HINT = "is it running? `codesentinel status` shows the stack of this workspace"


class Passing(Exception):
    """It may go well when asked again; ``error`` is to be told if nobody does.

    ``after`` is what the server says of when (the ``Retry-After`` header), or empty. ``refused`` is
    whether nobody listened.
    """

    def __init__(self, error: CouldNotJudge, *, after: str = "", refused: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.after = after
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one server; ``query`` is the part of it that a person would recognise."""

    base_url: str
    path: str
    parameters: Mapping[str, str | float]
    timeout_seconds: float
    query: str = ""

    @property
    def shown(self) -> str:
        """The server, as it may be shown."""
        return without_credentials(self.base_url)

    @property
    def url(self) -> str:
        """Where to ask."""
        asked = f"?{urlencode(self.parameters)}" if self.parameters else ""
        return f"{self.base_url}{self.path}{asked}"

    def told(self, what: str) -> str:
        """The message that this happened to this question."""
        query = self.query
        if len(query) > _SHOWN_QUERY_CHARACTERS:
            query = f"{query[:_SHOWN_QUERY_CHARACTERS]}..."
        return f"{self.shown}{what}{f' (query: {query})' if query else ''}"


class Body:
    """The bytes of an answer, as they arrive."""

    def __init__(self, answer: BaseHTTPResponse) -> None:
        self._answer = answer
        self.content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def ends_for_sure(self) -> bool:
        """Whether a body that was cut off can be told from a whole one."""
        answer = self._answer
        return "Content-Length" in answer.headers or bool(getattr(answer, "chunked", False))

    def __iter__(self) -> Iterator[bytes]:
        from codesentinel.capture.http_pace import pieces

        return pieces(self._answer, _PIECE_BYTES)


@contextlib.contextmanager
def streamed(request: Request) -> Iterator[Body]:
    """The body of a 200 answer; within the block, too, its failures are told as here.

    The time-out is for each silence of the server: a long answer may take longer as a whole, unless it only
    drips.

    Raises:
        ConfigurationError: the URL is not one of a server.
        Passing: nothing answers in time, the answer broke off, or the server asks for patience.
        BadQuery: the server does not understand the question.
        BadAnswer: any other status than 200.
    """
    import urllib3

    from codesentinel.capture.http_pace import paced_pools

    auth = credentials_in(request.base_url)
    headers = urllib3.make_headers(basic_auth=auth) if auth else None
    pool = paced_pools(retries=False, timeout=urllib3.Timeout(total=request.timeout_seconds))
    try:
        with pool.request(
            "GET", request.url, preload_content=False, redirect=False, headers=headers
        ) as answer:
            if answer.status != 200:
                raise _refusal(request, answer)
            yield Body(answer)
    except urllib3.exceptions.NewConnectionError as exc:  # to urllib3 a kind of timeout; not to a person
        raise Passing(
            Unreachable(request.told(f" cannot be reached: {_reason(exc)}"), hint=_HINT), refused=True
        ) from exc
    except (urllib3.exceptions.TimeoutError, TimeoutError) as exc:
        told = request.told(f" did not answer within {request.timeout_seconds:g} s")
        raise Passing(Unreachable(told, hint=_HINT)) from exc
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError) as exc:
        raise Passing(
            BadAnswer(request.told(f" broke off its answer to {request.path}"), hint=_HINT)
        ) from exc
    except urllib3.exceptions.HTTPError as exc:
        told = request.told(f" cannot be reached: {_reason(exc)}")
        raise Passing(Unreachable(told, hint=_HINT), refused=True) from exc
    finally:
        pool.clear()


def without_credentials(url: str) -> str:
    """The URL as it may be shown: user, password and query left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def credentials_in(url: str) -> str:
    """``user:password`` of the URL or nothing, once it is known to be one of a server."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        known = False
    if known:
        return unquote(parts.netloc.rpartition("@")[0])
    raise ConfigurationError("the settings", [f"not a server's URL: {url.rpartition('@')[2]}"])


def _refusal(request: Request, answer: BaseHTTPResponse) -> Exception:
    """What another status than 200 is to us, in the server's own words."""
    body = _begin(answer)
    is_page = "html" in answer.headers.get("Content-Type", "")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    said = document.get("error") if isinstance(document, dict) else body.decode(errors="replace").strip()
    words = str(said or "no message")[:_SHOWN_CHARACTERS]
    told = request.told(f"{request.path} answered {answer.status}: {words}")
    if request.query and answer.status in _WRONG_QUESTION and not is_page:
        return BadQuery(told, hint="correct the query")
    error = BadAnswer(told, hint=_HINT)
    if answer.status in _ASK_AGAIN:
        return Passing(error, after=answer.headers.get("Retry-After", ""))
    return error


def _begin(answer: BaseHTTPResponse) -> bytes:
    """What a refusal says first."""
    from codesentinel.capture.http_pace import pieces

    body = b""
    for piece in pieces(answer, _REFUSAL_BYTES):
        body += piece
        if len(body) >= _REFUSAL_BYTES:
            break
    return body[:_REFUSAL_BYTES]


def _reason(exc: BaseException) -> str:
    text = str(getattr(exc, "reason", None) or exc)
    return text.rpartition(": ")[2] or type(exc).__name__
