"""A small server of history that keeps its promises except where a test tells it not to."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import socket
import struct
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEEPS_QUIET_SECONDS = 5
_RESET = struct.pack("ii", 1, 0)


class HistoryServer(http.server.ThreadingHTTPServer):
    """Serves ``series`` (labels, [(ms, text of the value)]) by export, ``query`` or ``query_range``.

    ``faults`` are consumed one by one by requests for data: each is None or one of the functions below.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, series: list[tuple[dict[str, str], list[tuple[int, str]]]], *, exports: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.series = series
        self.exports = exports
        self.faults: list[Any] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers: list[Any] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients may leave early."""


@contextlib.contextmanager
def serving_history(series, *, exports: bool) -> Iterator[HistoryServer]:
    """Run one until the block ends."""
    with HistoryServer(series, exports=exports) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HistoryServer

    def do_GET(self) -> None:
        path, _, text = self.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(text))
        if path == "/api/v1/export" and not self.server.exports:
            self.answer("404 page not found", status=404, kind="text/plain")
            return
        if "codesentinel_asks" in asked.get("match[]", ""):
            self.answer("", kind="application/stream+json; charset=utf-8")
            return
        self.server.asked.append((path, asked))
        self.server.headers.append(self.headers)
        body = {
            "/api/v1/export": self.export,
            "/api/v1/query": self.samples,
            "/api/v1/query_range": self.range,
        }[path](asked)
        fault = self.server.faults.pop(0) if self.server.faults else None
        if fault:
            fault(self, body)
        else:
            self.answer(body)

    def export(self, asked: dict[str, str]) -> str:
        first, last = int(float(asked["start"]) * 1000), int(float(asked["end"]) * 1000)
        lines = []
        for labels, points in self.server.series:
            inside = [(ms, value) for ms, value in points if first <= ms <= last]
            most = int(asked["max_rows_per_line"])
            for at in range(0, len(inside), most):
                part = inside[at : at + most]
                values, times = ",".join(v for _, v in part), ",".join(str(ms) for ms, _ in part)
                metric = json.dumps(labels, separators=(",", ":"))
                lines.append(f'{{"metric":{metric},"values":[{values}],"timestamps":[{times}]}}\n')
        return "".join(lines)

    def samples(self, asked: dict[str, str]) -> str:
        window, end = int(re.search(r"\[(\d+)ms\]", asked["query"])[1]), round(float(asked["time"]) * 1000)
        return self.matrix(
            lambda points: [(ms, v) for ms, v in points if end - window < ms <= end and v != "null"]
        )

    def range(self, asked: dict[str, str]) -> str:
        start, end, step = (round(float(asked[name]) * 1000) for name in ("start", "end", "step"))
        if (end - start) // step > 11000:
            raise AssertionError("more than 11,000 points")
        grid = range(start, end + 1, step)

        def evaluated(points):
            known = dict(points)
            return [(ms, known[ms]) for ms in grid if ms in known]

        return self.matrix(evaluated)

    def matrix(self, chosen) -> str:
        result = []
        for labels, points in self.server.series:
            values = [
                [ms / 1000 if ms % 1000 else ms // 1000, value.strip('"')]
                for ms, value in chosen(points)
                if value != "null"
            ]
            if values:
                result.append({"metric": labels, "values": values})
        return json.dumps(
            {"status": "success", "data": {"resultType": "matrix", "result": result}}, separators=(",", ":")
        )

    def answer(
        self, body: str, *, status: int = 200, kind: str = "application/json", length: int = 0, **headers: str
    ) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def cut_off(handler, body):
    """Half of the body, and the end of the connection."""
    handler.answer(body[: len(body) // 2], length=len(body.encode()))
    handler.close_connection = True


def reset(handler, body):
    """A part of the body, and the connection is reset."""
    handler.answer(body[: len(body) // 2], length=len(body.encode()))
    handler.wfile.flush()
    time.sleep(0.05)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    handler.connection.close()
    handler.close_connection = True


def cut_in_chunks(handler, body):
    """A chunked body whose last chunk never comes."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    part = body[: body.index("\n") + 1 if "\n" in body else len(body) // 2].encode()
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
    handler.close_connection = True


def silent(handler, body):
    """Begins, and says nothing more."""
    handler.answer(body[:10], length=len(body.encode()))
    handler.wfile.flush()
    time.sleep(_KEEPS_QUIET_SECONDS)
    handler.close_connection = True


def whole_until_closed(handler, body):
    """No length, no chunks: the end of the connection is the end of the body."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.wfile.write(body.encode())
    handler.close_connection = True


def endless(handler, _):
    """A line, or a document, that has no end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    with contextlib.suppress(OSError):  # until the reader has had enough
        while True:
            handler.wfile.write(b"10000\r\n" + b"1" * 0x10000 + b"\r\n")
    handler.close_connection = True


def shortened(handler, body):
    """A part of the document, with the right length for it."""
    handler.answer(body[: len(body) - 5])


def failing(status, *, kind="application/json", body='{"status":"error","error":"told so"}', **headers):
    """Another status."""

    def fault(handler, _):
        handler.answer(body, status=status, kind=kind, **headers)

    return fault


def saying(body, kind="text/html"):
    """Status 200 with something else."""

    def fault(handler, _):
        handler.answer(body, kind=kind)

    return fault
