"""The service under test: it works, takes a lock and a connection, asks another service, reads, writes.

python service.py PORT BACKEND_ADDRESS BACKEND_PORT FOLDER

`PUT /fault` with a JSON object changes how it misbehaves; `DELETE /fault` makes it behave. It is
instrumented as any service would be, and knows nothing of how it is judged.
"""

from __future__ import annotations

import contextlib
import gc
import http.client
import json
import logging
import mmap
import os
import queue
import random
import socketserver
import sys
import threading
import time
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from codesentinel.instrument import WaitMetrics, WsgiMetricsMiddleware, measure_resources

CATALOGUE_BYTES = 48 << 20
POOL = 16
HEAP = 500_000
PAGE = 4096
RENEWED = 0.25
"""Share of the requests after which a connection is closed, as pools do that limit a connection's life."""


class Faults:
    """What is wrong at the moment; everything off to begin with."""

    def __init__(self) -> None:
        self.spin = False
        self.hold_lock = False
        self.garbage = False
        self.pool = POOL
        self.log_records = 1
        self.sleep_seconds = 0.0


class Shop:
    def __init__(self, address: str, port: int, folder: Path) -> None:
        self.faults = Faults()
        self._waits = WaitMetrics("shop", environment="lab")
        self._pool_meter = self._waits.pool("backend", most=POOL)
        self._backend = self._waits.client("backend")
        self._stock = self._waits.lock("stock")
        self._connections: queue.Queue[http.client.HTTPConnection] = queue.Queue()
        for _ in range(POOL):
            self._connections.put(http.client.HTTPConnection(address, port, timeout=20))
        self._kept: list[http.client.HTTPConnection] = []
        self._heap = [{"number": number} for number in range(HEAP)]  # what a cache holds
        catalogue = folder / "catalogue"
        with catalogue.open("wb") as file:
            for _ in range(CATALOGUE_BYTES >> 20):
                file.write(os.urandom(1 << 20))
            file.flush()
            os.fsync(file.fileno())
        with catalogue.open("rb") as file:
            self._catalogue = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._catalogue.madvise(mmap.MADV_RANDOM)
        self._journal = os.open(folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._log = logging.getLogger("shop")
        self._log.propagate = False
        self._log.setLevel(logging.DEBUG)
        handler = logging.FileHandler(folder / "shop.log")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
        self._log.addHandler(self._waits.logs(handler))
        for job in (self._spinning, self._holding):
            threading.Thread(target=job, daemon=True).start()

    def __call__(self, environ, start_response):
        environ["codesentinel.route"] = environ["PATH_INFO"] if environ["PATH_INFO"] == "/order" else "other"
        if environ["PATH_INFO"] == "/order":
            self.order()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
        return [b"ok\n"]

    def order(self) -> None:
        """One request's work."""
        chance = random.random
        basket = sorted(chance() for _ in range(8000))
        with self._stock:
            total = sum(basket[:100])
        with self._pool_meter.waiting():
            connection = self._connections.get()
        with self._pool_meter.using():
            try:
                self._ask(connection)
            finally:
                self._connections.put(connection)
        for _ in range(400):
            at = random.randrange(CATALOGUE_BYTES // PAGE) * PAGE
            total += self._catalogue[at]
        os.write(self._journal, b"order\n" * 40)
        os.fdatasync(self._journal)
        for number in range(self.faults.log_records):
            self._log.info("order of %s, part %d, total %f", environ_name(), number, total)
        if self.faults.garbage:
            for _ in range(3000):
                knot: list[object] = []
                knot.append(knot)
            gc.collect()
        if self.faults.sleep_seconds:
            time.sleep(self.faults.sleep_seconds)

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        with self._backend.request():
            try:
                if connection.sock is None:
                    connection.connect()
                    self._backend.round_trip(connection.sock)
                connection.request("GET", "/stock")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                connection.close()
                raise
        if random.random() < RENEWED:
            connection.close()

    def change(self, wanted: dict[str, object]) -> None:
        for name, value in wanted.items():
            setattr(self.faults, name, value)
        while POOL - len(self._kept) > self.faults.pool:
            self._kept.append(self._connections.get())
        while POOL - len(self._kept) < self.faults.pool:
            self._connections.put(self._kept.pop())

    def _spinning(self) -> None:
        number = 0
        while True:
            if self.faults.spin:
                number = (number * 31 + 7) % 1_000_003
            else:
                time.sleep(0.02)

    def _holding(self) -> None:
        while True:
            if self.faults.hold_lock:
                with self._stock:
                    time.sleep(0.08)
                time.sleep(0.005)
            else:
                time.sleep(0.02)


def environ_name() -> str:
    return threading.current_thread().name


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256


class Quiet(WSGIRequestHandler):
    wbufsize = 65536

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    port, address, backend_port, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    measure_resources()
    shop = Shop(address, backend_port, folder)
    measured = WsgiMetricsMiddleware(shop, service="shop", environment="lab", metrics_path="/metrics")

    def app(environ, start_response):
        if environ["PATH_INFO"] != "/fault":
            return measured(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        shop.change(json.loads(environ["wsgi.input"].read(length)))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    with (
        make_server("127.0.0.1", port, app, server_class=Server, handler_class=Quiet) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        server.serve_forever()


if __name__ == "__main__":
    main()
