"""GET of a JSON document, with every way in which it can fail told in one message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from codesentinel.model.errors import BadAnswer, ConfigurationError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_BYTES = 512 * 1024 * 1024
_SHOWN_CHARACTERS = 200
_HINT = "is it running? `codesentinel status` shows the stack of this workspace"


def get_json(
    base_url: str, path: str, parameters: Mapping[str, str | float], *, timeout_seconds: float
) -> Any:
    """The JSON document at ``base_url + path``.

    Connections refused once are not tried again: the caller knows better whether waiting helps.

    Raises:
        ConfigurationError: the URL is not one of a server.
        Unreachable: nothing answers there in time.
        BadAnswer: what answers says no, or does not speak JSON, or says too much.
    """
    import urllib3

    shown = _checked(base_url)
    query = f"?{urlencode(parameters)}" if parameters else ""
    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=timeout_seconds))
    try:
        with pool.request("GET", f"{base_url}{path}{query}", preload_content=False, redirect=False) as answer:
            body = answer.read(_LARGEST_BYTES + 1)
            status = answer.status
    except urllib3.exceptions.NewConnectionError as exc:  # to urllib3 a kind of timeout; not to a person
        raise Unreachable(f"{shown} cannot be reached: {_reason(exc)}", hint=_HINT) from exc
    except (urllib3.exceptions.TimeoutError, TimeoutError) as exc:
        raise Unreachable(f"{shown} did not answer within {timeout_seconds:g} s", hint=_HINT) from exc
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError) as exc:
        raise BadAnswer(f"{shown} broke off its answer to {path}", hint=_HINT) from exc
    except urllib3.exceptions.HTTPError as exc:
        raise Unreachable(f"{shown} cannot be reached: {_reason(exc)}", hint=_HINT) from exc
    finally:
        pool.clear()
    if len(body) > _LARGEST_BYTES:
        raise BadAnswer(f"{shown} answered {path} with more than {_LARGEST_BYTES} bytes")
    return _document(body, status, f"{shown}{path}")


def without_credentials(url: str) -> str:
    """The URL as it may be shown: user, password and query left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _checked(url: str) -> str:
    """The URL as it may be shown, once it is known to be one of a server."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        known = False
    if known:
        return without_credentials(url)
    raise ConfigurationError("the settings", [f"not a server's URL: {url.rpartition('@')[2]}"])


def _document(body: bytes, status: int, shown: str) -> Any:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if status != 200:
        said = document.get("error") if isinstance(document, dict) else body.decode(errors="replace").strip()
        raise BadAnswer(
            f"{shown} answered {status}: {str(said or 'no message')[:_SHOWN_CHARACTERS]}", hint=_HINT
        )
    if document is None:
        start = body[:60].decode(errors="replace")
        said = f"what begins with {start!r}" if start else "nothing"
        raise BadAnswer(f"{shown} answered {said}, not JSON", hint="is this a Prometheus-compatible server?")
    return document


def _reason(exc: BaseException) -> str:
    text = str(getattr(exc, "reason", None) or exc)
    return text.rpartition(": ")[2] or type(exc).__name__
