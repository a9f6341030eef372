"""Talking to a server on this machine: HTTP over TCP or over a socket in the file system, or plain lines.

A path of a socket may be 107 bytes long at most (unix(7)), and workspaces lie deeper than that: its folder
is opened, and the socket named by the descriptor.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codesentinel.model.errors import BadAnswer, Unauthorized, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNIX = "unix:"
_MOST_BYTES = 16 << 20
_SHOWN_CHARACTERS = 200


def request(address: str, method: str, path: str, *, timeout_seconds: float) -> bytes:
    """The body of an answer of 200; ``address`` is ``http://HOST:PORT`` or ``unix:/PATH``.

    Raises:
        Unreachable: nothing answers there.
        Unauthorized: we may not open the socket.
        BadAnswer: it answered something else.
    """
    connection: http.client.HTTPConnection
    if address.startswith(UNIX):
        connection = _UnixConnection(address.removeprefix(UNIX), timeout_seconds)
    else:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=timeout_seconds)
    with contextlib.closing(connection), _told(address):
        connection.request(method, path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
        if answer.status == http.client.OK:
            return body
    said = body.decode(errors="replace").strip()[:_SHOWN_CHARACTERS]
    raise BadAnswer(f"{address}{path} answered {answer.status}: {said or 'no message'}")


def line(path: str, command: str, *, timeout_seconds: float) -> str:
    """Send one line and read until the other side closes.

    Raises:
        Unreachable: nothing answers there.
        Unauthorized: we may not open the socket.
    """
    with _told(path), _connected(path, timeout_seconds) as connection:
        connection.sendall(f"{command}\n".encode())
        chunks = []
        while chunk := connection.recv(1 << 16):
            chunks.append(chunk)
        return b"".join(chunks).decode(errors="replace")


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path
        self._seconds = timeout_seconds

    def connect(self) -> None:
        """Connect to the path instead of a host."""
        self.sock = _connected(self._path, self._seconds)


def _connected(path: str, timeout_seconds: float) -> socket.socket:
    folder, name = os.path.split(os.path.abspath(path))
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(timeout_seconds)
        connection.connect(f"/proc/self/fd/{descriptor}/{name}")
    except BaseException:
        connection.close()
        raise
    finally:
        os.close(descriptor)
    return connection


@contextlib.contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as exc:
        raise Unauthorized(f"{address} may not be opened by this user") from exc
    except (OSError, http.client.HTTPException) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc) or type(exc).__name__
        raise Unreachable(f"{address} does not answer: {reason}", hint="does it run?") from exc
