"""Two arms behind a real splitter, and load that knows what became of each request."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import os
import subprocess
import threading
import time
from collections import Counter as Tally
from typing import TYPE_CHECKING, Self

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from codesentinel.act.components import fetch_package
from servers import CACHE, eventually, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HAPROXY = ("haproxy", "liblua5.3-0", "libopentracing1", "libopentracing-c-wrapper0")


BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5)


class Arm:
    """A server that says its name, as slowly and as wrongly as it is told, with metrics; a context manager."""

    def __init__(self, name: str, *, delay_seconds: float = 0.0, error_every: int = 0) -> None:
        self.name = name
        self.delay_seconds = delay_seconds
        self.error_every = error_every
        self.served = 0
        self._counting = threading.Lock()
        registry = CollectorRegistry()
        self._seconds = Histogram("arm_seconds", "Latency.", ["arm"], buckets=BUCKETS, registry=registry)
        self._failed = Counter("arm_failed", "Failures.", ["arm"], registry=registry)
        for metric in (self._seconds, self._failed):
            metric.labels(name)
        arm = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 65536

            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self.answer(200, generate_latest(registry))
                    return
                began = time.monotonic()
                with arm._counting:
                    arm.served += 1
                    fails = arm.error_every and arm.served % arm.error_every == 0
                time.sleep(arm.delay_seconds)
                arm._seconds.labels(arm.name).observe(time.monotonic() - began)
                arm._failed.labels(arm.name).inc(bool(fails))
                self.answer(500 if fails else 200, arm.name.encode())

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a splitter that ends closes its connections
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Load:
    """Requests at an even pace, over a connection for each ten a second, each answer counted; a context manager.

    ``answered`` counts by what the body says and the status; ``lost`` are those without an answer.
    """

    def __init__(self, port: int, *, per_second: float, connections: int = 0) -> None:
        self.answered: Tally[tuple[str, int]] = Tally()
        self.lost: list[str] = []
        self._port = port
        connections = connections or max(round(per_second / 10), 1)
        self._pause = connections / per_second
        self._counting = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(connections)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)

    @property
    def total(self) -> int:
        """All that were sent and are over."""
        with self._counting:
            return sum(self.answered.values()) + len(self.lost)

    def share(self, arm: str) -> float:
        """The part of the answers that came from ``arm``."""
        with self._counting:
            ours = sum(count for (name, _), count in self.answered.items() if name == arm)
            return ours / max(sum(self.answered.values()), 1)

    def _send(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        due = time.monotonic()
        while not self._stopping.is_set():
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                got = (answer.read().decode(errors="replace")[:20], answer.status)
            except (OSError, http.client.HTTPException) as exc:
                connection.close()
                with self._counting:
                    self.lost.append(repr(exc))
            else:
                with self._counting:
                    self.answered[got] += 1
            due = max(due + self._pause, time.monotonic() - 1)
            self._stopping.wait(max(due - time.monotonic(), 0))
        connection.close()


def ask(port: int, count: int) -> Tally[str]:
    """Who answers ``count`` requests over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    names: Tally[str] = Tally()
    for _ in range(count):
        connection.request("GET", "/")
        names[connection.getresponse().read().decode()] += 1
    connection.close()
    return names


def _haproxy_program() -> tuple[Path, dict[str, str]]:
    """Debian's HAProxy, unpacked once with what it needs, and the environment to run it in."""
    for package in _HAPROXY:
        fetch_package(package, CACHE)
    libraries = {path.parent for package in _HAPROXY for path in (CACHE / package).rglob("*.so*")}
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(sorted(map(str, libraries)))}
    return CACHE / "haproxy/usr/sbin/haproxy", environment


class Haproxy:
    """A running HAProxy: where it listens, and its runtime socket."""

    def __init__(self, port: int, socket: str, metrics_port: int) -> None:
        self.port = port
        self.socket = socket
        self.metrics_port = metrics_port


@contextlib.contextmanager
def haproxy(folder: Path, baseline: int, canary: int, *, algorithm: str = "roundrobin") -> Iterator[Haproxy]:
    """HAProxy in front of two ports, all to the baseline at first."""
    program, environment = _haproxy_program()
    port, metrics_port = free_port(), free_port()
    (folder / "haproxy.cfg").write_text(
        f"""global
  stats socket {folder}/run.sock mode 600 level admin
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend in
  bind 127.0.0.1:{port}
  default_backend app
frontend metrics
  bind 127.0.0.1:{metrics_port}
  http-request use-service prometheus-exporter
backend app
  balance {algorithm}
  server stable 127.0.0.1:{baseline} weight 100
  server fresh 127.0.0.1:{canary} weight 0
"""
    )
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-db", "-f", folder / "haproxy.cfg"], env=environment, stdout=log, stderr=log
        )
    try:
        eventually(lambda: ask(port, 1))
        yield Haproxy(port, f"{folder}/run.sock", metrics_port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
