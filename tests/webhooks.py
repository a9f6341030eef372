"""A loopback server that keeps what is posted to it: PagerDuty, Slack, or any webhook, captured."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Posted:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: Any
    at: float


class Capture:
    """Answers every POST as the real receivers do, and keeps it."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.url = ""

    def on(self, path: str) -> list[Posted]:
        """What was posted to a path, in the order of arrival."""
        return [post for post in self.posted if post.path == path]


@contextlib.contextmanager
def capturing() -> Iterator[Capture]:
    """A server on a free port until the block ends."""
    capture = Capture()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            capture.posted.append(Posted(self.path, dict(self.headers), json.loads(content), time.time()))
            status, answer = (202, b'{"status":"success"}') if self.path.startswith("/v2/") else (200, b"ok")
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    capture.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield capture
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
