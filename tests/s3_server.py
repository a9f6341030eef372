"""A server that speaks as much of S3 as objects need, keeps them in memory, and fails on demand.

moto has all of S3, and no faults. Run as a program it prints its port, and ends with its standard input.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>{}</Message></Error>"
_PAGE = 1000


class Store:
    """Objects of its buckets, by ``bucket/key``; ``faults`` are taken one a request that writes.

    ``503``, ``reset`` (no answer, and nothing taken), ``lost`` (taken, and no answer). While it ``is_away``
    connections are closed without a word; while it ``hangs`` nothing is answered.
    """

    def __init__(self, buckets=("records",)):
        self.buckets = set(buckets)
        self.objects: dict[str, tuple[bytes, float]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.faults: list[str] = []
        self.writes: list[str] = []
        self.is_away = False
        self.cut_off: set[str] = set()  # key ids
        self.hangs = False
        self.access_key_id = ""
        self.port = 0
        self.clock_ahead_seconds = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def names(self, bucket="records"):
        return sorted(
            key.removeprefix(f"{bucket}/") for key in list(self.objects) if key.startswith(f"{bucket}/")
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store: Store

    def _answer(self, status, body=b"", **headers):
        if self.command == "HEAD":
            headers.setdefault("Content-Length", str(len(body)))
            body = b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "ETag": '"e"', **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status, code):
        self._answer(status, _ERROR.format(code, "no").encode(), Content_Type="application/xml")

    def _body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            raw = b""
            while size := int(self.rfile.readline(), 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return raw
        found = b""
        while raw:
            size, _, raw = raw.partition(b"\r\n")
            length = int(size.partition(b";")[0], 16)
            if not length:
                break
            found, raw = found + raw[:length], raw[length + 2 :]
        return found

    def _allowed(self):
        store = self.store
        while store.hangs:
            time.sleep(0.05)
        signed = self.headers.get("Authorization", "")
        if store.is_away or any(f"Credential={key}/" in signed for key in store.cut_off):
            self.close_connection = True
            self.connection.close()
            return False
        if store.access_key_id and f"Credential={store.access_key_id}/" not in signed:
            self._refuse(403, "InvalidAccessKeyId")
            return False
        if unquote(urlsplit(self.path).path).split("/")[1] not in store.buckets:
            self._refuse(404, "NoSuchBucket")
            return False
        return True

    def _key(self):
        return unquote(urlsplit(self.path).path).strip("/")

    def do_PUT(self):
        try:
            body = self._body()
        except ValueError:  # cut off in the middle: nothing was taken
            self.close_connection = True
            return
        if not self._allowed():
            return
        if "partNumber" in self.path:
            self.store.parts.setdefault(self._key(), {})[
                int(self.path.partition("partNumber=")[2].split("&")[0])
            ] = body
            self._answer(200)
            return
        fault = self.store.faults.pop(0) if self.store.faults else ""
        if fault == "503":
            self._refuse(503, "SlowDown")
            return
        if fault != "reset":
            self.store.objects[self._key()] = (body, time.time() + self.store.clock_ahead_seconds)
            self.store.writes.append(self._key())
        if fault in {"reset", "lost"}:
            self.close_connection = True
            self.connection.close()
            return
        self._answer(200)

    def do_POST(self):
        """A large object, in parts; or several removals."""
        body = self._body()
        if not self._allowed():
            return
        key = self._key()
        if self.path.endswith("?uploads"):
            self._answer(
                200,
                f"<InitiateMultipartUploadResult><UploadId>{len(key)}</UploadId></InitiateMultipartUploadResult>".encode(),
            )
        elif "uploadId" in self.path:
            parts = self.store.parts.pop(key, {})
            self.store.objects[key] = (b"".join(parts[number] for number in sorted(parts)), time.time())
            self._answer(
                200, b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
            )
        else:
            self._refuse(501, f"NotImplemented {len(body)}")

    def do_DELETE(self):
        if self._allowed():
            self.store.objects.pop(self._key(), None)
            self._answer(204)

    def do_GET(self):
        if not self._allowed():
            return
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "list-type" in query:
            self._answer(200, self._listing(query).encode(), Content_Type="application/xml")
            return
        found = self.store.objects.get(self._key())
        if found is None:
            self._refuse(404, "NoSuchKey")
            return
        content, at = found
        first, last = 0, len(content) - 1
        wanted = self.headers.get("Range", "")
        if wanted:
            low, _, high = wanted.removeprefix("bytes=").partition("-")
            first, last = int(low), min(int(high) if high else last, last)
        headers = {"Last_Modified": formatdate(at, usegmt=True), "Content_Type": "binary/octet-stream"}
        self._answer(206 if wanted else 200, content[first : last + 1], **headers)

    def do_HEAD(self):
        self.do_GET()

    def _listing(self, query):
        bucket = self._key()
        prefix = query.get("prefix", [""])[0]
        after = query.get("continuation-token", [""])[0]
        keys = [name for name in self.store.names(bucket) if name.startswith(prefix) and name > after]
        page = keys[:_PAGE]
        parts = [
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_iso(self.store.objects[f'{bucket}/{key}'][1])}"
            f"</LastModified><ETag>e</ETag><Size>{len(self.store.objects[f'{bucket}/{key}'][0])}</Size></Contents>"
            for key in page
        ]
        more = len(keys) > len(page)
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        return (
            f"<?xml version='1.0'?><ListBucketResult><Name>{bucket}</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(parts)}</ListBucketResult>"
        )

    def log_message(self, *_):
        """Be quiet."""


def _iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """Broken connections are what is tested."""


def _serve(store, address, port):
    server = _Server((address, port), type("Handler", (_Handler,), {"store": store}))
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return server, thread


@contextmanager
def s3(address="127.0.0.1", port=0):
    """A running one, stopped at the end."""
    store = Store()
    server, thread = _serve(store, address, port)
    try:
        yield store
    finally:
        store.hangs = False
        server.shutdown()
        server.server_close()
        thread.join(timeout=20)


if __name__ == "__main__":
    with s3(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1") as running:
        print(running.port, flush=True)
        sys.stdin.read()
