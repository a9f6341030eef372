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


def get_json(base_url: str, path: str, parameters: Mapping[str, str | float], *, timeout_seconds: float) -> Any:
    """The JSON document at ``base_url + path``.

    Connections refused once are not tried again: the caller knows better whether waiting helps.

    Raises:
        ConfigurationError: the URL is none.
        Unreachable: nothing answers there in time.
        BadAnswer: what answers says no, or does not speak JSON, or says too much.
    """
    import urllib3

    shown = without_credentials(base_url)
    query = f"?{urlencode({k: v for k, v in parameters.items()})}" if parameters else ""
    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=timeout_seconds))
    try:
        with pool.request("GET", f"{base_url}{path}{query}", preload_content=False, redirect=False) as answer:
            body = answer.read(_LARGEST_BYTES + 1)
            status = answer.status
    except urllib3.exceptions.LocationValueError as exc:
        raise ConfigurationError("the settings", [f"not a server's URL: {shown}"]) from exc
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
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else url.partition("@")[2] or url


def _document(body: bytes, status: int, shown: str) -> Any:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if status != 200:  # noqa: PLR2004
        said = document.get("error") if isinstance(document, dict) else body.decode(errors="replace").strip()
        raise BadAnswer(f"{shown} answered {status}: {str(said or 'no message')[:_SHOWN_CHARACTERS]}", hint=_HINT)
    if document is None:
        start = body[:60].decode(errors="replace")
        said = f"what begins with {start!r}" if start else "nothing"
        raise BadAnswer(f"{shown} answered {said}, not JSON", hint="is this a Prometheus-compatible server?")
    return document


def _reason(exc: BaseException) -> str:
    text = str(getattr(exc, "reason", None) or exc)
    return text.rpartition(": ")[2] or type(exc).__name__
