"""The service that the shop depends on: it answers after a while.

python backend.py ADDRESS PORT; `GET /slow?SECONDS` sets for how long.
"""

from __future__ import annotations

import http.server
import sys
import time

USUAL_SECONDS = 0.03


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    wait_seconds = USUAL_SECONDS

    def do_GET(self) -> None:
        path, _, value = self.path.partition("?")
        if path == "/slow":
            type(self).wait_seconds = float(value)
        else:
            time.sleep(self.wait_seconds)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A connection that is closed is none."""


if __name__ == "__main__":
    server = Server((sys.argv[1], int(sys.argv[2])), Handler)
    server.serve_forever()
