"""A server that answers whatever it is told, right or wrong."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG = b"hang"


def http(
    status: str, body: bytes, content_type: str = "application/json", length: int | None = None
) -> bytes:
    """One HTTP answer as bytes; ``length`` may lie."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def success(data: object) -> bytes:
    """A well-formed answer of Prometheus."""
    return http("200 OK", json.dumps({"status": "success", "data": data}).encode())


@contextlib.contextmanager
def answering(answer: bytes, *, drop: bytes = b"") -> Iterator[str]:
    """A server that sends these bytes to everybody, and then a drop every 50 ms; yields its URL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            if answer == HANG:
                time.sleep(3)
            else:
                with contextlib.suppress(ConnectionError):
                    self.request.sendall(answer)
                    while drop:
                        time.sleep(0.05)
                        self.request.sendall(drop)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
