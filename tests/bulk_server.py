"""A server that speaks Elasticsearch's bulk protocol, keeps what it takes, and fails on demand."""

from __future__ import annotations

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HASTE = {"type": "es_rejected_execution_exception", "reason": "queue is full"}


class Cluster:
    """What it holds, what it was asked, and what is to go wrong next.

    ``faults`` are taken one a bulk request: ``429``, ``503`` (the whole request), ``reset`` (no answer, and nothing
    taken), ``lost`` (all taken, and no answer), ``partial`` (every second item refused for haste).
    """

    def __init__(self):
        self.streams: dict[str, dict[str, dict]] = {}
        self.settings: dict[str, dict] = {}
        self.faults: list[str] = []
        self.unmappable: set[str] = set()
        self.requests: list[str] = []
        self.api_key = ""
        self.is_elastic = True
        self.lock = threading.Lock()
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def take(self, stream, name, document, *, haste):
        """The answer to one item of a bulk request."""
        if haste:
            return {"_index": stream, "_id": name, "status": 429, "error": HASTE}
        if name in self.unmappable:
            error = {"type": "document_parsing_exception", "reason": "failed to parse field [x]"}
            return {"_index": stream, "_id": name, "status": 400, "error": error}
        held = self.streams.setdefault(stream, {})
        if name in held:
            error = {"type": "version_conflict_engine_exception", "reason": "document already exists"}
            return {"_index": stream, "_id": name, "status": 409, "error": error}
        held[name] = document
        return {"_index": stream, "_id": name, "status": 201, "result": "created"}

    def bulk(self, lines, *, partial=False):
        answers = []
        for number, (head, document) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
            ((verb, meta),) = head.items()
            assert verb == "create", f"a data stream takes create alone, not {verb}"
            haste = partial and number % 2 == 1
            answers.append({"create": self.take(meta["_index"], meta["_id"], document, haste=haste)})
        return {"took": 1, "errors": any("error" in a["create"] for a in answers), "items": answers}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster: Cluster

    def _answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        if self.cluster.is_elastic:
            self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _read(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def do_GET(self):
        self._answer(200, {"version": {"number": "9.4.0"}, "tagline": "You Know, for Search"})

    def do_HEAD(self):
        self._answer(200, {})

    def do_PUT(self):
        if "_bulk" in self.path:  # both are allowed, and clients differ
            self.do_POST()
            return
        body = self._read()
        with self.cluster.lock:
            self.cluster.settings[self.path.partition("?")[0]] = json.loads(body)
        self._answer(200, {"acknowledged": True})

    def do_POST(self):
        body, cluster = self._read(), self.cluster
        with cluster.lock:
            cluster.requests.append(self.path)
            if cluster.api_key and self.headers.get("Authorization") != f"ApiKey {cluster.api_key}":
                self._answer(401, {"error": {"type": "security_exception", "reason": "no"}, "status": 401})
                return
            fault = cluster.faults.pop(0) if cluster.faults else ""
            if fault == "reset":
                self.close_connection = True
                self.connection.close()
                return
            if fault in {"429", "503"}:
                self._answer(int(fault), {"error": HASTE, "status": int(fault)})
                return
            lines = [json.loads(line) for line in body.splitlines() if line.strip()]
            answer = cluster.bulk(lines, partial=fault == "partial")
            if fault == "lost":
                self.close_connection = True
                self.connection.close()
                return
            self._answer(200, answer)

    def log_message(self, *_):
        """Be quiet."""


@contextmanager
def cluster(port=0):
    """A running one, stopped at the end."""
    held = Cluster()
    handler = type("Handler", (_Handler,), {"cluster": held})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    held.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=20)
