"""Traffic through a real splitter: two arms that say who they are, and requests of which none may be lost."""

from __future__ import annotations

import http.client
import http.server
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.release import release
from codesentinel.calamum.stage import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_PORTS = {"baseline": 9881, "canary": 9882}
_FRONT_PORT = 9880
_CONNECTIONS, _PAUSE_SECONDS = 4, 0.05
_RECENT = 40
_HAPROXY = """global
  stats socket {folder}/haproxy.sock mode 600 level admin
defaults
  mode http
  timeout connect 20s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:{front}
  default_backend app
backend app
  balance roundrobin
  server baseline 127.0.0.1:{baseline} weight 256
  server canary 127.0.0.1:{canary} weight 0
"""


class Arm(http.server.ThreadingHTTPServer):
    """Answers every request with its name."""

    daemon_threads = True
    served = 0

    def __init__(self, name: str, port: int) -> None:
        counting = threading.Lock()
        arm = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Says the name."""

            protocol_version = "HTTP/1.1"
            wbufsize = 4096

            def do_GET(self) -> None:
                """Answer, and count."""
                with counting:
                    arm.served += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(name)))
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """A splitter that ends closes its connections."""

    def stop(self) -> None:
        """Take no more requests."""
        self.shutdown()
        self.server_close()


class Load:
    """Requests at an even pace until it is stopped; what became of each."""

    def __init__(self, port: int) -> None:
        self.answered: list[str] = []
        self.lost: list[str] = []
        self._port = port
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(_CONNECTIONS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let those that are under way be answered."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._stopping.wait(_PAUSE_SECONDS):
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                name = answer.read(1000).decode("latin-1")
                (self.answered if answer.status == http.client.OK else self.lost).append(name)
            except (OSError, http.client.HTTPException) as exc:
                connection.close()
                self.lost.append(repr(exc))
        connection.close()


def release_behind(stage: Stage, *, splitter: str, **rollout: Any) -> Any:
    """A release behind an Envoy that the program starts itself, or a HAProxy that runs already."""
    arms = {name: Arm(name, port) for name, port in _PORTS.items()}
    stage.names["serving"] = arms
    stage.undo.extend(arm.stop for arm in arms.values())
    addresses = {name: f"127.0.0.1:{port}" for name, port in _PORTS.items()}
    if splitter == "haproxy":
        _start_haproxy(stage)
        servers = {name: name for name in _PORTS}
        traffic = {"kind": "haproxy", "socket": "haproxy.sock", "backend": "app", **servers}
    else:
        traffic = {"kind": "envoy", "listen": f"127.0.0.1:{_FRONT_PORT}", **addresses}
        stage.undo.append(lambda: _stop_envoy(stage))
    return release(stage, traffic={"timeout": "20s", "settle": "200ms", **traffic}, **rollout)


def load(stage: Stage) -> Any:
    """Send requests from now on, once the splitter listens."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            http.client.HTTPConnection("127.0.0.1", _FRONT_PORT, timeout=1).connect()
            break
        except OSError:
            time.sleep(0.05)
    stage.names["load"] = running = Load(_FRONT_PORT)
    stage.names["before_load"] = sum(arm.served for arm in stage.names["serving"].values())
    stage.undo.append(running.stop)
    return _FRONT_PORT


def answered(stage: Stage) -> Any:
    """Who answered of late, and over all: how many, and how many were lost."""
    running = _load(stage)
    recent = Counter(running.answered[-_RECENT:])
    return {"recent": dict(recent), "all": len(running.answered), "lost": len(running.lost)}


def none_lost(stage: Stage) -> Any:
    """Stop sending: every request was answered, and by an arm that has served it."""
    running = _load(stage)
    running.stop()
    served = sum(arm.served for arm in stage.names["serving"].values()) - stage.names["before_load"]
    return {"lost": len(running.lost), "unanswered": served - len(running.answered), "why": running.lost[:3]}


def _load(stage: Stage) -> Load:
    running = stage.names.get("load")
    if not isinstance(running, Load):
        raise Broken("no requests are sent in this case")
    return running


def _start_haproxy(stage: Stage) -> None:
    program = shutil.which("haproxy")
    if program is None:
        raise Skipped("there is no haproxy here")
    with open(stage.path("haproxy.cfg"), "w", encoding="utf-8") as file:
        file.write(_HAPROXY.format(folder=stage.workspace, front=_FRONT_PORT, **_PORTS))
    child = subprocess.Popen(
        [program, "-db", "-f", stage.path("haproxy.cfg")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stage.background.append(child)
    end = time.monotonic() + 20
    while not os.path.exists(stage.path("haproxy.sock")):
        if child.poll() is not None or time.monotonic() > end:
            raise Skipped("haproxy does not run here")
        time.sleep(0.05)


def _stop_envoy(stage: Stage) -> None:
    told = stage.program.run(["canary", "run", "--stop", "--yes", "--json"], timeout_seconds=60)
    if told["exit"]:
        raise OSError(f"Envoy could not be stopped: {told['stdout']}{told['stderr']}")


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (release_behind, load)}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (answered, none_lost)}
