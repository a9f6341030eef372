"""An answer handed on as it comes: status first, then its bytes, up to a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from codesentinel.capture.http_stream import credentials_in, without_credentials
from codesentinel.model.errors import BadAnswer, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import urllib3

_CHUNK_BYTES = 64 * 1024
_HANDED_ON = frozenset((200, 400, 404, 422, 429, 500, 503))  # with what Prometheus' API says in JSON


@dataclass(frozen=True, slots=True)
class Relayed:
    """An answer under way. ``encoding`` is how its bytes are compressed, or empty."""

    status: int
    encoding: str
    chunks: Iterator[bytes]


class Relay:
    """Asks one server by GET. Connections are kept; the methods may be called from several threads.

    Args:
        base_url: of the server; nothing that a caller says changes which one is asked.
        timeout_seconds: for connecting, and for each wait for more bytes; an answer that only drips is cut.
        largest_bytes: an answer that is longer is broken off.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float, largest_bytes: int) -> None:
        import urllib3

        from codesentinel.capture.http_pace import paced_pools

        self._base_url = base_url.rstrip("/")
        self._shown = without_credentials(self._base_url)
        auth = credentials_in(self._base_url)
        self._headers = {"Accept": "application/json"} | (
            urllib3.make_headers(basic_auth=auth) if auth else {}
        )
        self._timeout = urllib3.Timeout(connect=min(3.0, timeout_seconds), read=timeout_seconds)
        self._largest_bytes = largest_bytes
        self._pool = paced_pools(retries=False, maxsize=8)

    def get(self, path: str, parameters: Sequence[tuple[str, str]], *, gzip: bool) -> Relayed:
        """The answer to ``base_url + path``, as far as its header.

        Raises:
            Unreachable: nothing answers there in time.
            BadAnswer: what answers is no JSON API, or says at once that it will be too long.
        """
        import urllib3

        query = f"?{urlencode(parameters)}" if parameters else ""
        try:
            answer = self._pool.request(
                "GET",
                f"{self._base_url}{path}{query}",
                headers=self._headers | {"Accept-Encoding": "gzip" if gzip else "identity"},
                timeout=self._timeout,
                preload_content=False,
                redirect=False,
            )
        except urllib3.exceptions.NewConnectionError as exc:  # to urllib3 a kind of timeout; not to a person
            raise Unreachable(f"{self._shown} cannot be reached") from exc
        except (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ConnectTimeoutError) as exc:
            raise Unreachable(f"{self._shown} did not answer in time") from exc
        except urllib3.exceptions.HTTPError as exc:
            raise Unreachable(f"{self._shown} cannot be reached") from exc
        self._check(answer)
        encoding = answer.headers.get("content-encoding", "")
        return Relayed(answer.status, encoding, self._chunks(answer))

    def close(self) -> None:
        """Let the connections go."""
        self._pool.clear()

    def _check(self, answer: urllib3.BaseHTTPResponse) -> None:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        length = answer.headers.get("content-length", "0")
        trouble = ""
        if answer.status not in _HANDED_ON:
            trouble = f"answered {answer.status}"
        elif kind != "application/json":
            trouble = f"answered {answer.status} with {kind or 'no type'}, not JSON"
        elif length.isdecimal() and int(length) > self._largest_bytes:
            trouble = f"answered with more than {self._largest_bytes} bytes"
        if trouble:
            answer.close()
            raise BadAnswer(f"{self._shown} {trouble}", hint="is this a Prometheus-compatible server?")

    def _chunks(self, answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        """The bytes; too many, or too slow ones, end the answer without its proper end."""
        import urllib3

        from codesentinel.capture.http_pace import pieces

        left = self._largest_bytes
        complete = False
        try:
            for chunk in pieces(answer, _CHUNK_BYTES, decode_content=False):
                left -= len(chunk)
                if left < 0:
                    raise BadAnswer(f"{self._shown} answered with more than {self._largest_bytes} bytes")
                yield chunk
            complete = True
        except (urllib3.exceptions.HTTPError, TimeoutError) as exc:
            raise BadAnswer(f"{self._shown} broke off its answer") from exc
        finally:
            if complete:
                answer.release_conn()
            else:
                answer.close()
