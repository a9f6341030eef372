"""GET of a JSON document, with every way in which it can fail told in one message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_stream import Passing, Request, streamed
from codesentinel.model.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_BYTES = 64 * 1024 * 1024
"""As objects it takes twenty times as much memory."""


def get_json(
    base_url: str, path: str, parameters: Mapping[str, str | float], *, timeout_seconds: float
) -> Any:
    """The JSON document at ``base_url + path``; failures as those of :func:`answered`."""
    return answered(Request(base_url, path, parameters, timeout_seconds))


def answered(request: Request) -> Any:
    """The JSON document that answers the request.

    Nothing is tried again: the caller knows better whether waiting helps.

    Raises:
        ConfigurationError: the URL is not one of a server.
        Unreachable: nothing answers there in time.
        BadQuery: the server does not understand the question.
        BadAnswer: what answers says no, or does not speak JSON, or says too much.
    """
    body = bytearray()
    try:
        with streamed(request) as pieces:
            for piece in pieces:
                body += piece
                if len(body) > _LARGEST_BYTES:
                    raise BadAnswer(
                        request.told(f" answered {request.path} with more than {_LARGEST_BYTES} bytes")
                    )
    except Passing as exc:
        raise exc.error from exc.__cause__
    return document(bytes(body), request)


def document(body: bytes, request: Request) -> Any:
    """The JSON document that the body is.

    Raises:
        BadAnswer: it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        start = body[:60].decode(errors="replace")
    said = f"what begins with {start!r}" if start else "nothing"
    raise BadAnswer(
        request.told(f"{request.path} answered {said}, not JSON"),
        hint="is this a Prometheus-compatible server?",
    )
